"""Whole products: catalog, prices and stock are what was stated, or nothing has changed."""

from dataclasses import replace

import pytest

from shop.assortment.operations import save_product, save_products
from shop.assortment.types import ProductInput, VariantOffer
from shop.catalog.drafts import ProductDraft, VariantDraft
from shop.catalog.errors import SlugTaken
from shop.catalog.models import Product
from shop.inventory.errors import InvalidStockQuantity
from shop.inventory.models import StockLevel, StockMovement
from shop.kernel.money import Money
from shop.platform.actors import ANONYMOUS
from shop.platform.records import Stale
from shop.pricing.models import Price, PriceList
from shop.pricing.operations import NotReduced, base_list

pytestmark = pytest.mark.django_db

MUG = ProductDraft(slug="mug", name="Mug")
FULL = VariantOffer(price=Money(1500, "EUR"), compare_at=Money(2000, "EUR"), on_hand=5)


@pytest.fixture
def euros() -> PriceList:
    return base_list("EUR")


def save(offer: VariantOffer, euros: PriceList, draft: ProductDraft = MUG) -> bool:
    """Save the product with this offer, and return whether anything changed."""
    [saved] = save_products([ProductInput(draft=draft, offers={0: offer})], price_list=euros, reason="test")
    return saved.changed


def prices() -> list[tuple[int, int | None]]:
    return list(Price.objects.order_by("amount").values_list("amount", "compare_at"))


def stock() -> list[tuple[int, int]]:
    return list(StockLevel.objects.values_list("on_hand", "backorder_room"))


def test_a_new_product_has_its_prices_and_its_stock(euros: PriceList) -> None:
    changed = save(FULL, euros)

    assert changed is True
    assert (prices(), stock()) == ([(1500, 2000)], [(5, 0)])


def test_saving_the_same_again_changes_nothing(euros: PriceList) -> None:
    save(FULL, euros)

    changed = save(FULL, euros)

    assert changed is False
    assert (Product.objects.get().version, StockMovement.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (VariantOffer(), [(1500, 2000)]),
        (VariantOffer(price=Money(1600, "EUR")), [(1600, 2000)]),
        (VariantOffer(price=Money(2000, "EUR")), [(2000, None)]),
        (VariantOffer(compare_at=Money(1800, "EUR")), [(1500, 1800)]),
        (VariantOffer(compare_at=Money(1400, "EUR")), [(1500, None)]),
        (VariantOffer(compare_at=None), [(1500, None)]),
        (VariantOffer(price=None), []),
    ],
)
def test_a_price_that_is_not_stated_stays(
    offer: VariantOffer, expected: list[tuple[int, int | None]], euros: PriceList
) -> None:
    save(FULL, euros)

    save(offer, euros)

    assert (prices(), stock()) == (expected, [(5, 0)])


def test_only_a_withdrawn_price_is_a_change(euros: PriceList) -> None:
    save(FULL, euros)

    changed = [save(VariantOffer(price=None), euros), save(VariantOffer(price=None), euros)]

    assert changed == [True, False]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (VariantOffer(received=3), [(8, 0)]),
        (VariantOffer(on_hand=2), [(2, 0)]),
        (VariantOffer(opening=9), [(5, 0)]),
        (VariantOffer(backorder_limit=7), [(5, 7)]),
    ],
)
def test_stock_is_received_counted_or_left(
    offer: VariantOffer, expected: list[tuple[int, int]], euros: PriceList
) -> None:
    draft = replace(MUG, variants=(VariantDraft(may_backorder=True),))
    save(FULL, euros, draft)

    save(offer, euros, draft)

    assert (prices(), stock()) == ([(1500, 2000)], expected)


def test_a_backorder_limit_that_is_set_stays(euros: PriceList) -> None:
    draft = replace(MUG, variants=(VariantDraft(may_backorder=True),))
    save(VariantOffer(opening=1, backorder_limit=7), euros, draft)

    save(VariantOffer(opening=1, backorder_limit=100), euros, draft)

    assert stock() == [(1, 7)]


@pytest.mark.parametrize("offer", [FULL, VariantOffer(opening=4), VariantOffer(backorder_limit=7)])
def test_what_is_not_tracked_has_no_stock(offer: VariantOffer, euros: PriceList) -> None:
    draft = replace(MUG, variants=(VariantDraft(track_inventory=False, may_backorder=True),))

    save(offer, euros, draft)

    assert (Product.objects.count(), stock()) == (1, [])


def test_one_refusal_leaves_every_product_as_it_was(euros: PriceList) -> None:
    save(FULL, euros)
    renamed = ProductInput(draft=replace(MUG, name="Cup"), offers={0: VariantOffer(price=Money(1, "EUR"), on_hand=9)})
    refused = ProductInput(draft=ProductDraft(slug="jar", name="Jar"), offers={0: VariantOffer(on_hand=-1)})

    with pytest.raises(InvalidStockQuantity):
        save_products([renamed, refused], price_list=euros, reason="test")

    assert list(Product.objects.values_list("name", "version")) == [("Mug", 1)]
    assert (prices(), stock()) == ([(1500, 2000)], [(5, 0)])


def test_two_stated_prices_that_are_no_reduction_are_refused(euros: PriceList) -> None:
    offer = VariantOffer(price=Money(1500, "EUR"), compare_at=Money(1500, "EUR"), on_hand=5)

    with pytest.raises(NotReduced):
        save(offer, euros)

    assert (Product.objects.count(), prices(), stock()) == (0, [], [])


def test_a_product_that_was_changed_meanwhile_is_not_saved(euros: PriceList) -> None:
    save(FULL, euros)
    outdated = Product.objects.get()
    save(FULL, euros, replace(MUG, name="Cup"))
    details = ProductInput(draft=replace(MUG, name="Jar"), offers={0: VariantOffer(received=1)})

    with pytest.raises(Stale):
        save_product(outdated, details, price_list=euros, reason="test", actor=ANONYMOUS)

    assert (Product.objects.get().name, prices(), stock()) == ("Cup", [(1500, 2000)], [(5, 0)])


def test_a_new_product_does_not_take_the_place_of_another(euros: PriceList) -> None:
    save(FULL, euros)
    details = ProductInput(draft=replace(MUG, name="Jar"), offers={0: VariantOffer(received=1)})

    with pytest.raises(SlugTaken):
        save_product(None, details, price_list=euros, reason="test", actor=ANONYMOUS)

    assert (Product.objects.get().name, prices(), stock()) == ("Mug", [(1500, 2000)], [(5, 0)])


@pytest.mark.parametrize("count", [1, 20])
def test_saving_many_products_takes_no_more_statements_than_one(
    count: int, euros: PriceList, django_assert_max_num_queries: object
) -> None:
    products = [ProductInput(draft=replace(MUG, slug=f"mug-{at}"), offers={0: FULL}) for at in range(count)]

    with django_assert_max_num_queries(37):  # type: ignore[operator]
        save_products(products, price_list=euros, reason="test")

    assert (Price.objects.count(), StockLevel.objects.count()) == (count, count)
