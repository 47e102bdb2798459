"""Products with many variants in the admin: a table with pages, and a page for each variant."""

import re
from typing import Any

import pytest
from django.test import Client

from shop.catalog.models import Product, Variant
from shop.catalog.operations.products import ProductDraft, VariantDraft, write
from shop.pricing.models import Price
from tests.admins import clerk, errors, root
from tests.backoffice.test_product_pages import MUG, PRODUCTS, kept, rows, wrong
from tests.checkout.storefront_client import open_shop

pytestmark = pytest.mark.django_db

VARIANTS = "/admin/catalog/variant/"
NAME = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')


@pytest.fixture
def shopkeeper() -> Client:
    open_shop()
    return root()


def sized(count: int) -> Product:
    """A product with so many sizes, each of which weighs 300 g."""
    sizes = [str(at) for at in range(count)]
    variants = tuple(VariantDraft(options={"Size": each}, sku=f"MUG-{each}", weight_grams=300) for each in sizes)
    return write(ProductDraft(slug="mug", name="Mug", options={"Size": sizes}, variants=variants)).product


def row(variant: Variant, **changes: Any) -> dict[str, Any]:
    """The row of a variant that exists."""
    shown = {"id": str(variant.pk), "sku": variant.sku or "", "value_1": variant.options["Size"], "is_active": "on"}
    return shown | changes


def save(client: Client, product: Product, *forms: dict[str, Any], initial: int, page: int = 1, **also: Any) -> Any:
    product.refresh_from_db()
    sent = {**MUG, "option_names": "Size", "read_version": product.version, **also}
    sent |= rows("variants", *forms, initial=initial) | rows("images")
    return client.post(f"{PRODUCTS}{product.pk}/change/?variants-page={page}", sent)


@pytest.mark.parametrize("count", [100, 2000])
def test_a_product_with_many_variants_opens_small(shopkeeper: Client, count: int) -> None:
    product = sized(count)

    page = shopkeeper.get(f"{PRODUCTS}{product.pk}/change/")

    names = set(NAME.findall(page.content.decode()))
    assert page.status_code == 200
    assert len([each for each in names if each.endswith("-sku")]) == 31
    assert (len(names) < 500, len(page.content) < 700_000) == (True, True)


def test_a_page_of_variants_is_saved_and_the_others_stay(shopkeeper: Client) -> None:
    product = sized(100)
    before = list(Variant.objects.values_list("pk", "sku", "options", "position", "weight_grams", "is_active"))
    here = list(Variant.objects.filter(product=product)[30:60])
    forms = [row(each) for each in here]
    forms[0] |= {"sku": "MUG-FORTY", "price": "12.50"}

    answer = save(shopkeeper, product, *forms, initial=30, page=2)

    after = list(Variant.objects.values_list("pk", "sku", "options", "position", "weight_grams", "is_active"))
    expected = [(*each[:1], "MUG-FORTY", *each[2:]) if each[0] == here[0].pk else each for each in before]
    assert answer.status_code == 302
    assert after == expected
    assert list(Price.objects.values_list("variant", "amount")) == [(here[0].pk, 1250)]
    assert Product.objects.get().version == product.version + 1


def test_a_new_variant_comes_last_and_is_like_no_other_on_any_page(shopkeeper: Client) -> None:
    product = sized(60)
    forms = [row(each) for each in Variant.objects.filter(product=product)[:30]]

    taken = save(shopkeeper, product, *forms, {"sku": "NEW", "value_1": "59", "is_active": "on"}, initial=30)
    made = save(shopkeeper, product, *forms, {"sku": "NEW", "value_1": "60", "is_active": "on"}, initial=30)

    new = Variant.objects.get(sku="NEW")
    assert "There is another variant with the same options." in str(wrong(taken))
    assert made.status_code == 302
    assert (new.position, new.options, new.track_inventory, Variant.objects.count()) == (60, {"Size": "60"}, True, 61)


def test_options_can_be_renamed_but_not_added_while_there_are_other_pages(shopkeeper: Client) -> None:
    product = sized(60)
    forms = [row(each) for each in Variant.objects.filter(product=product)[:30]]
    two = [each | {"value_2": "Red"} for each in forms]

    refused = save(shopkeeper, product, *two, initial=30, option_names="Size, Colour")
    unchanged = Variant.objects.get(sku="MUG-0").options
    renamed = save(shopkeeper, product, *forms, initial=30, option_names="Größe")

    told = refused.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert told == ["There are variants on other pages, as 30: the product keeps as many options as it has."]
    assert unchanged == {"Size": "0"}
    assert renamed.status_code == 302
    assert [Variant.objects.get(sku=f"MUG-{at}").options for at in (0, 59)] == [{"Größe": "0"}, {"Größe": "59"}]


def test_the_rest_of_a_variant_is_on_its_own_page(shopkeeper: Client) -> None:
    product = sized(3)
    variant = Variant.objects.get(sku="MUG-1")
    sent = kept(variant, value_1="one", weight_grams="310", price="12.50", compare_at="15.00", cost="4.00")
    table = shopkeeper.get(f"{PRODUCTS}{product.pk}/change/").content.decode()

    answer = shopkeeper.post(f"{VARIANTS}{variant.pk}/change/", {**sent, "read_version": variant.version})

    variant.refresh_from_db()
    others = Variant.objects.exclude(pk=variant.pk).values_list("sku", "weight_grams", "position", "version")
    assert f"{VARIANTS}{variant.pk}/change/" in table
    assert answer.status_code == 302
    assert (variant.options, variant.weight_grams, variant.cost, variant.position) == ({"Size": "one"}, 310, 400, 1)
    assert list(Price.objects.values_list("amount", "compare_at")) == [(1250, 1500)]
    assert list(others) == [("MUG-0", 300, 0, 1), ("MUG-2", 300, 2, 1)]


def test_a_rows_price_stays_below_the_price_before(shopkeeper: Client) -> None:
    product = sized(1)
    variant = Variant.objects.get()
    page = f"{VARIANTS}{variant.pk}/change/"
    shopkeeper.post(page, {**kept(variant, value_1="0", price="12.50", compare_at="15.00"), "read_version": 1})

    cheaper = save(shopkeeper, product, row(variant, price="11.00"), initial=1)
    refused = save(shopkeeper, product, row(variant, price="15.00"), initial=1)

    told = ["It has to be lower than the price before, €15.00, which is on the variant's page."]
    assert cheaper.status_code == 302
    assert wrong(refused) == [{"price": told}]
    assert list(Price.objects.values_list("amount", "compare_at")) == [(1100, 1500)]


@pytest.mark.parametrize(
    ("sent", "field"), [({"value_1": "2"}, "__all__"), ({"value_1": ""}, "value_1"), ({"sku": "MUG-2"}, "sku")]
)
def test_a_variants_page_refuses_what_another_has(shopkeeper: Client, sent: dict[str, str], field: str) -> None:
    sized(3)
    variant = Variant.objects.get(sku="MUG-1")
    before = list(Variant.objects.values())

    answer = shopkeeper.post(
        f"{VARIANTS}{variant.pk}/change/", {**kept(variant, value_1="1"), "read_version": 1, **sent}
    )

    assert list(errors(answer)) == [field]
    assert list(Variant.objects.values()) == before


def test_who_may_only_look_at_products_writes_no_variant() -> None:
    open_shop()
    sized(2)
    variant, viewer = Variant.objects.get(sku="MUG-1"), clerk("catalog.view_product")

    answers = [
        viewer.get(f"{VARIANTS}?product__id__exact={variant.product_id}"),
        viewer.get(f"{VARIANTS}{variant.pk}/change/"),
        viewer.post(f"{VARIANTS}{variant.pk}/change/", kept(variant, value_1="9")),
        root().get(f"{VARIANTS}add/"),
    ]

    assert [each.status_code for each in answers] == [200, 200, 403, 403]
    assert Variant.objects.get(pk=variant.pk).options == {"Size": "1"}
