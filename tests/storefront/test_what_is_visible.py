"""Unpublished, archived and hidden things are absent from every response."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shop.catalog.drafts import VariantDraft, Written
from shop.catalog.models import Product
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import archive, publish, rename, unpublish
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.pricing.models import PriceList
from shop.pricing.operations import base_list, withdraw_prices
from shop.stores.models import Market
from tests.storefront.window import get, listed, name_of, price, put, slugs

Hide = Callable[[Written], object]


def not_finished(mug: Written) -> None:
    unpublish(mug.product)


def archived(mug: Written) -> None:
    archive(mug.product)


def coming(mug: Written) -> None:
    publish(mug.product, at=now() + timedelta(minutes=1))


def without_a_date(mug: Written) -> None:
    Product.objects.filter(pk=mug.product.pk).update(published_at=None)


def without_a_price(mug: Written) -> None:
    withdraw_prices(base_list("EUR"), [each.pk for each in mug.variants])


def without_a_variant(mug: Written) -> None:
    mug.product.variants.update(is_active=False)


def of_a_price_list_that_is_over(mug: Written) -> None:
    PriceList.objects.filter(code="base-eur").update(ends_at=now() - timedelta(seconds=1))


HIDDEN = [not_finished, archived, coming, without_a_date]
UNSOLD = [without_a_price, without_a_variant, of_a_price_list_that_is_over]
LISTS = ["", "sort=price", "sort=name", "in_stock=true&price_max=9999", "category=kitchen&brand=acme&tag=tea"]


@pytest.fixture
def mug(market: Market) -> Written:
    """A mug of Acme in the category Kitchen, with a former slug."""
    written = put("cup", brand=brand_named("Acme"), category=plant("Kitchen"), tags=("tea",), name="Mug")
    rename(written.product, "mug")
    return written


@pytest.mark.parametrize("hide", [*HIDDEN, *UNSOLD])
def test_no_list_has_it(mug: Written, hide: Hide) -> None:
    before = listed(LISTS[-1])

    hide(mug)

    assert before == ["mug"]
    assert [listed(query) for query in (*LISTS, f"ids={name_of(mug)}")] == [[], [], [], [], [], []]


@pytest.mark.parametrize("hide", [*HIDDEN, *UNSOLD])
def test_its_page_is_no_page(mug: Written, hide: Hide) -> None:
    nobody = get("/products/nobody")
    before = get("/products/mug")

    hide(mug)
    seen = [get("/products/mug"), get(f"/products/{name_of(mug)}"), get("/products/mug/related")]

    assert before.status == 200
    assert [each.refusal for each in seen] == [(404, "not_found", None)] * 3
    assert [each.body["errors"] for each in seen] == [nobody.body["errors"]] * 3


@pytest.mark.parametrize("hide", HIDDEN)
def test_its_old_address_leads_nowhere(mug: Written, hide: Hide) -> None:
    before = get("/products/cup")

    hide(mug)

    assert (before.status, get("/products/cup").refusal) == (301, (404, "not_found", None))


@pytest.mark.parametrize("hide", [*HIDDEN, without_a_price, without_a_variant])
def test_it_is_related_to_nothing(mug: Written, hide: Hide) -> None:
    put("pot", category=mug.product.category)
    before = slugs(get("/products/pot/related"))

    hide(mug)

    assert (before, slugs(get("/products/pot/related"))) == (["mug"], [])


@pytest.mark.parametrize("hide", HIDDEN)
def test_its_brand_is_not_listed_for_it(mug: Written, hide: Hide) -> None:
    before = get("/brands").data

    hide(mug)

    assert ([each["slug"] for each in before], get("/brands").data) == (["acme"], [])


def test_it_is_there_from_the_very_moment_that_was_said(mug: Written) -> None:
    start = datetime(2030, 6, 1, 8, 0, tzinfo=UTC)
    publish(mug.product, at=start)

    with time_machine.travel(start - timedelta(microseconds=1), tick=False):
        before = (listed(), get("/products/mug").status)
    with time_machine.travel(start, tick=False):
        after = (listed(), get("/products/mug").status)

    assert (before, after) == (([], 404), (["mug"], 200))


def test_what_is_published_again_is_back(mug: Written) -> None:
    unpublish(mug.product)

    publish(mug.product)

    assert (listed(), get("/products/cup").headers["Location"]) == (["mug"], "/api/v1/products/mug")


def test_what_has_a_price_in_one_market_only_is_shown_there_only(mug: Written, francs: PriceList) -> None:
    pot = put("pot", None, category=mug.product.category)
    price(francs, {pot.variants[0]: 2500})

    assert (listed("country=DE"), listed("country=CH")) == (["mug"], ["pot"])
    assert [get(f"/products/{slug}?country=CH").status for slug in ("mug", "pot")] == [404, 200]
    assert [get(f"/products/{slug}?country=DE").status for slug in ("mug", "pot")] == [200, 404]
    assert slugs(get("/products/pot/related?country=CH")) == []


def test_a_variant_without_a_price_here_or_switched_off_is_not_shown(market: Market) -> None:
    sizes = {"Size": ["S", "M", "L"]}
    put(
        "shirt",
        1000,
        None,
        3000,
        options=sizes,
        variants=(
            VariantDraft(options={"Size": "S"}),
            VariantDraft(options={"Size": "M"}),
            VariantDraft(options={"Size": "L"}, is_active=False),
        ),
    )

    shirt = get("/products/shirt").data

    assert [each["name"] for each in shirt["variants"]] == ["S"]
    assert (shirt["price"]["min"]["amount"], shirt["price"]["max"]["amount"]) == (1000, 1000)


def test_what_leaves_the_shop_names_no_cost(market: Market) -> None:
    put("mug", variants=(VariantDraft(cost=Money(123456, "EUR")),))

    assert "123456" not in str(get("/products/mug").body) + str(get("/products").body)
