"""Products as a shopkeeper writes them in the admin."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow

from shop.catalog.models import Image, Option, Product, ProductTag, SlugHistory, Variant
from shop.inventory import operations as inventory
from shop.inventory.models import StockLevel, StockMovement
from shop.platform.clock import now
from shop.pricing.models import Price
from tests.admins import clerk, cost, errors, root, said
from tests.checkout.storefront_client import open_shop, sell

pytestmark = pytest.mark.django_db

PRODUCTS = "/admin/catalog/product/"
MUG: dict[str, Any] = {
    "name": "Mug",
    "slug": "mug",
    "description_html": "<p>Holds tea.<script>alert(1)</script></p>",
    "tags": "Kitchen, Tea",
    "tax_code": "standard",
}
LONE: dict[str, Any] = {
    "sku": "MUG-1",
    "weight_grams": "300",
    "price": "19.99",
    "received": "10",
    "track_inventory": "on",
    "requires_shipping": "on",
    "is_taxable": "on",
    "is_active": "on",
}


@pytest.fixture
def shopkeeper() -> Client:
    open_shop()
    return root()


def rows(prefix: str, *forms: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The forms of an inline as the page sends them."""
    counts = {f"{prefix}-TOTAL_FORMS": len(forms), f"{prefix}-INITIAL_FORMS": initial}
    return counts | {f"{prefix}-{at}-{name}": value for at, form in enumerate(forms) for name, value in form.items()}


def page(
    *variants: dict[str, Any], images: dict[str, Any] | None = None, initial: int = 0, **changes: Any
) -> dict[str, Any]:
    return {**MUG, **changes, **rows("variants", *variants, initial=initial), **(images or rows("images"))}


def kept(variant: Variant, **changes: Any) -> dict[str, Any]:
    """The form of a variant that exists."""
    shown = {**LONE, "id": str(variant.pk), "sku": variant.sku or "", "received": ""}
    return {**shown, **changes}


def add(client: Client, *variants: dict[str, Any], **changes: Any) -> Any:
    return client.post(f"{PRODUCTS}add/", page(*variants, **changes))


def change(client: Client, product: Product, *variants: dict[str, Any], **changes: Any) -> Any:
    sent = page(*variants, **{"initial": len(variants), "slug": product.slug, **changes})
    return client.post(f"{PRODUCTS}{product.pk}/change/", {**sent, "read_version": product.version})


def picture(colour: str = "teal") -> SimpleUploadedFile:
    content = BytesIO()
    Pillow.new("RGB", (40, 30), colour).save(content, "PNG")
    return SimpleUploadedFile("mug.png", content.getvalue(), "image/png")


def wrong(answer: Any) -> list[dict[str, list[str]]]:
    """What is said at the variants' fields."""
    found: list[dict[str, list[str]]] = answer.context["inline_admin_formsets"][0].formset.errors
    return found


def press(client: Client, product: Product, button: str) -> Any:
    return client.post(f"{PRODUCTS}{product.pk}/press/{button}/")


def test_the_form_of_a_variant_has_each_value_at_its_option(shopkeeper: Client) -> None:
    two = {**LONE, "value_1": "Petrol", "value_2": "S"}
    add(shopkeeper, two, option_names="Colour, Size")
    product = Product.objects.get()

    shown = shopkeeper.get(f"{PRODUCTS}{product.pk}/change/")

    form = shown.context["inline_admin_formsets"][0].formset.forms[0]
    assert [form.fields[name].label for name in ("value_1", "value_2")] == ["Colour", "Size"]
    assert [form.initial[name] for name in ("value_1", "value_2")] == ["Petrol", "S"]


def test_a_product_is_made_with_price_and_stock_and_sold(shopkeeper: Client) -> None:
    answer = add(shopkeeper, LONE)

    product = Product.objects.get()
    pressed = press(shopkeeper, product, "publish")
    sold = shopkeeper.get("/api/v1/products/mug?country=DE").json()["data"]
    assert (answer.status_code, pressed.status_code) == (302, 302)
    assert product.description_html == "<p>Holds tea.</p>"
    assert sold["variants"][0]["price"]["amount"] == 1999
    assert sold["variants"][0]["sku"] == "MUG-1"
    assert (product.tags, sorted(ProductTag.objects.values_list("key", flat=True))) == (
        ["Kitchen", "Tea"],
        ["kitchen", "tea"],
    )
    assert list(StockMovement.objects.values_list("kind", "delta_on_hand", "actor__email")) == [
        ("received", 10, "root@example.com")
    ]


def test_options_make_variants_that_can_be_called_otherwise(shopkeeper: Client) -> None:
    add(shopkeeper, {**LONE, "value_1": "S"}, {**LONE, "sku": "MUG-2", "value_1": "L"}, option_names="Size")
    small, large = Variant.objects.order_by("position")

    answer = change(
        shopkeeper,
        Product.objects.get(),
        kept(small, value_1="L"),
        kept(large, value_1="S"),
        option_names="Size",
    )

    assert answer.status_code == 302
    assert list(Variant.objects.order_by("position").values_list("pk", "options", "options_key")) == [
        (small.pk, {"Size": "L"}, '{"Size":"L"}'),
        (large.pk, {"Size": "S"}, '{"Size":"S"}'),
    ]
    assert [value.value for value in Option.objects.get().values.all()] == ["S", "L"]
    assert (Product.objects.get().version, Variant.objects.get(pk=small.pk).version) == (2, 2)


def test_a_variant_is_switched_off_and_keeps_what_it_had(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    variant = Variant.objects.get()

    answer = change(shopkeeper, Product.objects.get(), {**kept(variant), "is_active": ""})

    after = Variant.objects.get()
    assert answer.status_code == 302
    assert (after.pk, after.is_active, after.sku, after.weight_grams) == (variant.pk, False, "MUG-1", 300)
    assert Price.objects.get().amount == 1999


def test_a_price_is_changed_reduced_and_taken_away(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    variant = Variant.objects.get()

    change(shopkeeper, Product.objects.get(), kept(variant, price="15.00", compare_at="19.99"))
    reduced = Price.objects.values_list("amount", "compare_at").get()
    change(shopkeeper, Product.objects.get(), kept(variant, price="", compare_at=""))

    assert reduced == (1500, 1999)
    assert Price.objects.count() == 0


def test_saving_the_same_again_changes_nothing(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    before = (Product.objects.values().get(), Variant.objects.values().get(), Price.objects.values().get())

    answer = change(shopkeeper, Product.objects.get(), kept(Variant.objects.get()))

    assert answer.status_code == 302
    assert (Product.objects.values().get(), Variant.objects.values().get(), Price.objects.values().get()) == before
    assert StockMovement.objects.count() == 1


def test_what_can_not_be_is_told_at_the_variants_field(shopkeeper: Client) -> None:
    mistakes = [
        ("price", "1,599"),
        ("price", "-1"),
        ("price", "1.999"),
        ("price", "1e3"),
        ("price", "90071992547409.92"),
        ("price", "\x00"),
        ("compare_at", "19.99"),
        ("cost", "nothing"),
        ("received", "-1"),
        ("received", "99999999999999999999"),
        ("weight_grams", "-1"),
        ("weight_grams", "99999999999999999999"),
        ("sku", "\x00"),
        ("sku", "x" * 256),
    ]
    sizes = [
        {**LONE, "sku": f"MUG-{at}", "value_1": f"{at}", field: value} for at, (field, value) in enumerate(mistakes)
    ]

    answer = add(shopkeeper, *sizes, option_names="Size")

    assert answer.status_code == 200
    assert [list(each) for each in wrong(answer)] == [[field] for field, _ in mistakes]
    assert (Product.objects.count(), Price.objects.count(), StockLevel.objects.count()) == (0, 0, 0)


def test_a_value_of_an_option_that_there_is_not_is_told(shopkeeper: Client) -> None:
    answer = add(shopkeeper, {**LONE, "value_1": "L"})

    assert [list(each) for each in wrong(answer)] == [["value_1"]]
    assert Product.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {
            "name": "",
            "slug": "not a slug",
            "tax_code": "none",
            "tags": "x" * 256,
            "option_names": "a, b, c, d",
            "brand": "nonsense",
            "category": "\x00",
        },
        {"name": "\x00", "slug": "x" * 256},
    ],
)
def test_what_can_not_be_is_told_at_each_field_of_the_product(shopkeeper: Client, changes: dict[str, str]) -> None:
    answer = add(shopkeeper, LONE, **changes)

    assert errors(answer).keys() == changes.keys()
    assert Product.objects.count() == 0


def test_two_variants_can_not_be_alike(shopkeeper: Client) -> None:
    answer = add(shopkeeper, LONE, {**LONE, "sku": "MUG-2"})

    assert wrong(answer)[1] == {"__all__": ["There is another variant with the same options."]}
    assert Product.objects.count() == 0


def test_an_option_wants_a_value_of_each_variant(shopkeeper: Client) -> None:
    answer = add(shopkeeper, LONE, option_names="Size")

    assert wrong(answer) == [{"value_1": ["Enter a value for Size."]}]
    assert Product.objects.count() == 0


@pytest.mark.parametrize("sku", ["OTHER", "other-1"])
def test_a_sku_and_an_address_are_taken_once(shopkeeper: Client, sku: str) -> None:
    sell("other", sku=sku)

    answer = add(shopkeeper, {**LONE, "sku": sku}, slug="other")

    assert errors(answer) == {"slug": ["Product with this Slug already exists."]}
    assert wrong(answer) == [{"sku": ["This SKU is already used by Other."]}]
    assert Product.objects.count() == 1


def test_the_address_before_leads_to_the_new_one(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    press(shopkeeper, Product.objects.get(), "publish")
    product = Product.objects.get()

    answer = change(shopkeeper, product, kept(Variant.objects.get()), slug="cup")

    moved = shopkeeper.get("/api/v1/products/mug")
    assert answer.status_code == 302
    assert Product.objects.get().slug == "cup"
    assert (moved.status_code, moved["Location"]) == (301, "/api/v1/products/cup")
    assert Product.objects.get().status == "active"


def test_an_address_that_leads_elsewhere_is_no_new_products(shopkeeper: Client) -> None:
    other = sell("other").product
    SlugHistory.objects.create(slug="mug", product=other)

    answer = add(shopkeeper, LONE)

    assert errors(answer) == {"slug": ["This was the slug of Other, and still leads there."]}
    assert Product.objects.count() == 1


def test_pictures_are_kept_ordered_and_taken_away(shopkeeper: Client) -> None:
    forms = (
        {"upload": picture("teal"), "alt": "second", "position": "2"},
        {"upload": picture("red"), "alt": "first", "position": "1"},
    )
    add(shopkeeper, LONE, images=rows("images", *forms))
    first, second = Image.objects.order_by("position")
    before = Product.objects.get()

    gone = {"id": str(first.pk), "alt": "first", "position": "0", "DELETE": "on"}
    left = {"id": str(second.pk), "alt": "a red mug", "position": "1"}
    answer = change(shopkeeper, before, kept(Variant.objects.get()), images=rows("images", gone, left, initial=2))

    image = Image.objects.get()
    assert (first.alt, first.width, first.height, before.main_image_id) == ("first", 40, 30, first.pk)
    assert answer.status_code == 302
    assert (image.pk, image.alt, Product.objects.get().main_image_id) == (second.pk, "a red mug", second.pk)


def test_a_variant_is_shown_by_the_picture_that_is_chosen_for_it(shopkeeper: Client) -> None:
    forms = ({"upload": picture("teal"), "alt": "teal", "position": "0"}, {"upload": picture("red"), "position": "1"})
    two = ({**LONE, "value_1": "Teal"}, {**LONE, "sku": "MUG-2", "value_1": "Red"})
    add(shopkeeper, *two, option_names="Colour", images=rows("images", *forms))
    product = Product.objects.get()
    teal, red = Image.objects.order_by("position")
    before = [each.image_id for each in product.variants.all()]
    variant = Variant.objects.get(sku="MUG-2")
    page = f"/admin/catalog/variant/{variant.pk}/change/"

    chosen = kept(variant, value_1="Red", picture=str(red.pk), read_version=str(variant.version))
    answer = shopkeeper.post(page, chosen)

    field = shopkeeper.get(page).context["adminform"].form["picture"]
    assert (answer.status_code, before) == (302, [None, None])
    assert [each.image_id for each in product.variants.all()] == [None, red.pk]
    assert [key for key, _ in field.field.choices] == ["", str(teal.pk), str(red.pk)]
    assert (field.field.choices[1][1], field.initial) == ("1. teal", str(red.pk))
    assert shopkeeper.get("/api/v1/products/mug?country=DE").status_code == 404


def test_a_picture_that_goes_shows_no_variant_any_more(shopkeeper: Client) -> None:
    add(shopkeeper, LONE, images=rows("images", {"upload": picture(), "alt": "teal", "position": "0"}))
    product, image = Product.objects.get(), Image.objects.get()
    Variant.objects.update(image=image)
    gone = {"id": str(image.pk), "alt": "teal", "position": "0", "DELETE": "on"}

    answer = change(
        shopkeeper,
        product,
        kept(Variant.objects.get(), picture=str(image.pk)),
        images=rows("images", gone, initial=1),
    )

    assert (answer.status_code, Image.objects.count(), Variant.objects.get().image_id) == (302, 0, None)


def test_the_picture_of_another_product_can_not_be_chosen(shopkeeper: Client) -> None:
    add(shopkeeper, LONE, images=rows("images", {"upload": picture(), "alt": "teal", "position": "0"}))
    other = sell("other")

    answer = change(shopkeeper, other.product, kept(other, picture=str(Image.objects.get().pk), sku=""))

    assert [list(each) for each in wrong(answer)] == [["picture"]]
    assert Variant.objects.get(pk=other.pk).image_id is None


@pytest.mark.parametrize("content", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_refused(shopkeeper: Client, content: bytes) -> None:
    upload = SimpleUploadedFile("mug.png", content, "image/png")

    answer = add(shopkeeper, LONE, images=rows("images", {"upload": upload, "alt": "", "position": "0"}))

    told = answer.context["inline_admin_formsets"][1].formset.errors
    assert [list(each) for each in told] == [["upload"]]
    assert (Product.objects.count(), Image.objects.count()) == (0, 0)


def test_buttons_move_the_status_and_what_can_not_be_is_a_message(shopkeeper: Client) -> None:
    product = sell().product

    moved = [
        (press(shopkeeper, product, button).status_code, Product.objects.get().status)
        for button in ("unpublish", "archive", "unpublish", "publish")
    ]
    press(shopkeeper, product, "archive")
    refused = press(shopkeeper, product, "publish")

    assert moved == [(302, "draft"), (302, "archived"), (302, "draft"), (302, "active")]
    assert "The current state does not allow this." in said(shopkeeper, refused)
    assert Product.objects.get().status == "archived"


def schedule(client: Client, product: Product, at: str) -> Any:
    return client.post(f"{PRODUCTS}{product.pk}/press/schedule/", {"at": at})


def test_a_product_is_published_later(shopkeeper: Client) -> None:
    product = sell().product
    press(shopkeeper, product, "unpublish")
    asked = shopkeeper.get(f"{PRODUCTS}{product.pk}/press/schedule/")

    answer = schedule(shopkeeper, product, "2100-01-02T10:30")

    page = said(shopkeeper, answer)
    found = Product.objects.get()
    assert 'type="datetime-local"' in asked.content.decode()
    assert (found.status, found.published_at) == ("active", datetime(2100, 1, 2, 10, 30, tzinfo=UTC))
    assert "Shoppers see it from 2 Jan 2100, 10:30 on, in UTC." in page
    assert ("scheduled" in page, "press/publish/" in page, "press/schedule/" in page) == (True, True, True)
    assert shopkeeper.get("/api/v1/products/mug?country=DE").status_code == 404


def test_what_was_to_come_later_is_published_now(shopkeeper: Client) -> None:
    product = sell().product
    press(shopkeeper, product, "unpublish")
    schedule(shopkeeper, product, "2100-01-02T10:30")

    answer = press(shopkeeper, product, "publish")

    page = said(shopkeeper, answer)
    found = Product.objects.get()
    assert found.is_published(now())
    assert "Shoppers see it now." in page
    assert ("press/publish/" in page, "press/schedule/" in page) == (False, False)
    assert shopkeeper.get("/api/v1/products/mug?country=DE").status_code == 200


@pytest.mark.parametrize("at", ["2020-01-02T10:30", "", "tomorrow", "0000-00-00T00:00", "99999-01-01T00:00", "\0"])
def test_a_time_that_is_over_or_none_is_told_at_its_field(shopkeeper: Client, at: str) -> None:
    product = sell().product
    press(shopkeeper, product, "unpublish")
    before = Product.objects.values().get()

    answer = schedule(shopkeeper, product, at)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["at"])
    assert Product.objects.values().get() == before


def test_a_button_comes_by_post_alone(shopkeeper: Client) -> None:
    product = sell().product

    answer = shopkeeper.get(f"{PRODUCTS}{product.pk}/press/archive/")

    assert answer.status_code == 405
    assert Product.objects.get().status == "active"


def test_a_button_takes_a_permission() -> None:
    open_shop()
    product = sell().product
    viewer = clerk("catalog.view_product")

    answer = press(viewer, product, "archive")

    assert answer.status_code == 403
    assert "Archive" not in viewer.get(f"{PRODUCTS}{product.pk}/change/").content.decode()
    assert Product.objects.get().status == "active"


def test_prices_and_stock_take_permissions_of_their_own() -> None:
    open_shop()
    writer = clerk("catalog.view_product", "catalog.change_product")
    variant = sell(sku="MUG-1", weight_grams=300)
    sent = kept(variant, price="0.01", received="5", weight_grams="310")

    answer = change(writer, Product.objects.get(), sent)

    assert answer.status_code == 302
    assert (Variant.objects.get().weight_grams, Price.objects.get().amount) == (310, 1999)
    assert StockLevel.objects.get().on_hand == 10


def test_a_form_that_was_read_before_somebody_elses_change_is_refused(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    read = Product.objects.get()
    Product.objects.update(version=9, name="Cup")

    answer = change(shopkeeper, read, kept(Variant.objects.get()), name="Glass")

    assert "This has changed since you read it." in answer.content.decode()
    assert Product.objects.get().name == "Cup"


@pytest.mark.parametrize("path", [PRODUCTS, f"{PRODUCTS}?q=mug&price=some&stock=some&status__exact=active"])
def test_the_list_costs_the_same_however_long_it_is(shopkeeper: Client, path: str) -> None:
    sell("mug-1")
    short = cost(shopkeeper, path)

    more = [sell(f"mug-{number}") for number in range(2, 12)]
    long = cost(shopkeeper, path)

    assert (long, len(more)) == (short, 10)


def test_the_page_costs_the_same_however_many_variants_there_are(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    product = Product.objects.get()
    short = cost(shopkeeper, f"{PRODUCTS}{product.pk}/change/")

    Variant.objects.bulk_create(
        [Variant(product=product, options={"Size": str(each)}, options_key=str(each)) for each in range(10)]
    )
    long = cost(shopkeeper, f"{PRODUCTS}{product.pk}/change/")

    assert long == short


@pytest.mark.parametrize(
    ("query", "found"),
    [("price=none", ["bare"]), ("stock=out", ["bare", "gone"]), ("q=MUG-1", ["mug"])],
)
def test_products_are_found_by_what_they_lack(shopkeeper: Client, query: str, found: list[str]) -> None:
    sell("mug", sku="MUG-1")
    sell("gone", stock=0)
    bare = sell("bare", stock=0)
    Price.objects.filter(variant=bare).delete()

    answer = shopkeeper.get(f"{PRODUCTS}?{query}")

    assert answer.status_code == 200
    assert sorted(each.slug for each in answer.context["cl"].result_list) == found


def test_a_sku_that_another_variant_has_is_refused_at_its_field_with_that_variants_name(shopkeeper: Client) -> None:
    add(shopkeeper, {**LONE, "value_1": "S"}, option_names="Size")

    answer = add(
        shopkeeper, {**LONE, "sku": "CUP-1", "value_1": "S"}, {**LONE, "value_1": "M"}, slug="cup", option_names="Size"
    )
    among = add(
        shopkeeper,
        {**LONE, "sku": "X", "value_1": "S"},
        {**LONE, "sku": "X", "value_1": "M"},
        slug="x",
        option_names="Size",
    )

    assert wrong(answer) == [{}, {"sku": ["This SKU is already used by Mug S."]}]
    assert wrong(among) == [{}, {"sku": ["This SKU is already used by S."]}]
    assert list(Variant.objects.values_list("product__slug", "sku")) == [("mug", "MUG-1")]


def test_a_variant_that_is_off_gives_its_sku_up_and_that_is_told(shopkeeper: Client) -> None:
    add(shopkeeper, LONE)
    Variant.objects.update(is_active=False)

    answer = add(shopkeeper, LONE, slug="cup", name="Cup")

    assert "Mug is not sold any more, so it gave its SKU MUG-1 up." in said(shopkeeper, answer)
    assert dict(Variant.objects.values_list("product__slug", "sku")) == {"mug": None, "cup": "MUG-1"}


def test_a_product_without_a_slug_gets_one_of_its_whole_name(shopkeeper: Client) -> None:
    add(shopkeeper, LONE, name="Чай 100", slug="")
    add(shopkeeper, {**LONE, "sku": "B"}, name="чай 100", slug="")
    product = Product.objects.get(slug="chai-100")

    change(shopkeeper, product, kept(Variant.objects.get(product=product)), name="Tea", slug="")

    assert sorted(Product.objects.values_list("slug", flat=True)) == ["chai-100", "chai-100-2"]
    assert Product.objects.get(pk=product.pk).name == "Tea"


def test_the_products_page_says_how_many_of_its_stock_are_unconfirmed(shopkeeper: Client) -> None:
    variant = sell()
    before = shopkeeper.get(f"/admin/catalog/product/{variant.product_id}/change/").content.decode()
    hold = inventory.hold({variant.pk: 3}, until=now() + timedelta(minutes=15), is_provisional=True)

    after = shopkeeper.get(f"/admin/catalog/product/{variant.product_id}/change/").content.decode()

    assert hold is not None
    assert ("10 there, 10 free ·" in before, "10 there, 7 free, 3 unconfirmed ·" in after) == (True, True)
    assert "Unconfirmed: reserved for unpaid orders whose e-mail address is not confirmed yet" in after
