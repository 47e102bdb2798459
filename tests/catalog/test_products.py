"""Writing products: the whole product at once, only differences, and nothing after a refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.errors import OptionsDiffer, SkuTaken, SlugTaken, TextTooLong
from shop.catalog.models import Image, Option, OptionValue, Product, ProductTag, SlugHistory, Variant
from shop.catalog.operations import images
from shop.catalog.operations.products import archive, publish, rename, write, write_all
from shop.catalog.pictures import Kept
from shop.kernel.errors import Refusal
from shop.kernel.states import unreachable
from shop.platform.clock import now
from shop.platform.records import WrongState

pytestmark = pytest.mark.django_db

FRONT, BACK = "https://pictures.example/front.jpg", "https://pictures.example/back.jpg"


def tee(**also: Any) -> ProductDraft:
    """A shirt in two sizes, with pictures and tags."""
    values: dict[str, Any] = {
        "slug": "tee",
        "name": "Tee",
        "tags": ("New", "Soft"),
        "options": {"Size": ("S", "M")},
        "variants": (
            VariantDraft(options={"Size": "S"}, sku="S", image=FRONT),
            VariantDraft(options={"Size": "M"}, sku="M"),
        ),
        "images": (ImageDraft(url=FRONT, alt="Front"), ImageDraft(url=BACK)),
    }
    return ProductDraft(**{**values, **also})


@pytest.mark.parametrize("start", Product.Status)
def test_a_draft_may_say_any_status_because_each_can_be_reached_from_every_other(start: Product.Status) -> None:
    missing = unreachable(Product.TRANSITIONS, start=start)

    assert missing == set()
    assert set(Product.TRANSITIONS) == set(Product.Status)


def everything() -> list[object]:
    models = (Product, ProductTag, Option, OptionValue, Image, Variant, SlugHistory)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_a_draft_becomes_a_product_with_all_of_its_parts() -> None:
    written = write(tee(swatches={"S": "#ffffff"}))

    product = Product.objects.get()
    assert (written.is_new, written.changed, written.product) == (True, True, product)
    assert [each.pk for each in written.variants] == list(product.variants.values_list("pk", flat=True))
    assert list(product.variants.values_list("sku", "options", "position", "image__source_url")) == [
        ("S", {"Size": "S"}, 0, FRONT),
        ("M", {"Size": "M"}, 1, None),
    ]
    assert list(OptionValue.objects.values_list("option__name", "value", "swatch")) == [
        ("Size", "S", "#ffffff"),
        ("Size", "M", ""),
    ]
    assert list(product.images.values_list("source_url", "alt", "position")) == [(FRONT, "Front", 0), (BACK, "", 1)]
    assert product.main_image == product.images.get(source_url=FRONT)
    assert sorted(product.tag_rows.values_list("key", flat=True)) == ["new", "soft"]
    assert (product.tags, product.version) == (["New", "Soft"], 1)


def test_the_same_draft_again_changes_no_row() -> None:
    write(tee())
    before = everything()

    written = write(tee())

    assert (written.is_new, written.changed) == (False, False)
    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Shirt"},
        {"tags": ("New",)},
        {"options": {"Size": ("S", "M")}, "swatches": {"M": "#000000"}},
        {"images": (ImageDraft(url=BACK), ImageDraft(url=FRONT, alt="Front"))},
        {"images": (ImageDraft(url=FRONT, alt="Front"),)},
        {"variants": (VariantDraft(options={"Size": "S"}, sku="S", image=FRONT),), "options": {"Size": ("S",)}},
    ],
    ids=["name", "tags", "swatch", "order of pictures", "fewer pictures", "fewer variants"],
)
def test_any_difference_raises_the_version_once_and_is_written_once(change: dict[str, Any]) -> None:
    write(tee())

    first = write(tee(**change))
    second = write(tee(**change))

    assert (first.changed, second.changed) == (True, False)
    assert Product.objects.get().version == 2


def test_a_variant_that_is_not_named_is_switched_off_and_frees_its_sku_for_another() -> None:
    write(tee())

    write(tee(options={"Size": ("L",)}, variants=(VariantDraft(options={"Size": "L"}, sku="XL"),)))
    write(tee(options={"Size": ("L", "XS")}, variants=(
        VariantDraft(options={"Size": "L"}, sku="XL"),
        VariantDraft(options={"Size": "XS"}, sku="NEW"),
    )))  # fmt: skip

    assert list(Variant.objects.order_by("sku").values_list("sku", "is_active")) == [
        ("M", False),
        ("NEW", True),
        ("S", False),
        ("XL", True),
    ]


def test_what_it_keeps_is_left_alone_unless_there_is_nothing_yet() -> None:
    write(tee(kind="Shirt"))

    write(
        tee(
            kind="Else",
            seo_title="Found",
            tags=(),
            images=(),
            keeps=frozenset({"kind", "seo_title", "tags", "images"}),
            variants=tuple(
                VariantDraft(options={"Size": size}, keeps=frozenset({"sku", "image_id"})) for size in ("S", "M")
            ),
        )
    )

    product = Product.objects.get()
    assert (product.kind, product.seo_title, product.tags) == ("Shirt", "Found", ["New", "Soft"])
    assert (product.images.count(), ProductTag.objects.count()) == (2, 2)
    assert list(product.variants.values_list("sku", "image__source_url")) == [("S", FRONT), ("M", None)]


def test_a_picture_that_was_added_by_hand_stays_behind_those_of_the_draft() -> None:
    product = write(tee()).product
    Image.objects.create(product=product, file="products/hand.png", position=9)

    write(tee(images=(ImageDraft(url=BACK),)))

    assert [each.source_url or each.file.name for each in product.images.all()] == [BACK, "products/hand.png"]


def test_many_products_cost_as_many_statements_as_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    drafts = [
        tee(slug=f"tee-{at}", variants=(VariantDraft(options={"Size": "S"}), VariantDraft(options={"Size": "M"})))
        for at in range(20)
    ]

    with django_assert_num_queries(10):
        new = write_all(drafts)
    with django_assert_num_queries(7):
        again = write_all(drafts)

    assert {each.is_new for each in new} == {True}
    assert {each.changed for each in again} == {False}


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"variants": ()}, OptionsDiffer),
        ({"variants": (VariantDraft(options={"Size": "S"}), VariantDraft(options={"Size": "S"}))}, OptionsDiffer),
        ({"variants": (VariantDraft(options={"Colour": "S"}),)}, OptionsDiffer),
        ({"variants": (VariantDraft(),)}, OptionsDiffer),
        ({"name": "x" * 256}, TextTooLong),
        ({"options": {"x" * 256: ("S",)}, "variants": (VariantDraft(options={"x" * 256: "S"}),)}, TextTooLong),
        ({"options": {"Size": ('"' * 100,)}, "variants": (VariantDraft(options={"Size": "x" * 1001}),)}, TextTooLong),
        ({"images": (ImageDraft(url=FRONT, alt="x" * 501),)}, TextTooLong),
        (
            {"variants": (VariantDraft(options={"Size": "S"}, sku="A"), VariantDraft(options={"Size": "M"}, sku="A"))},
            SkuTaken,
        ),
        ({"slug": "cup", "variants": (VariantDraft(options={"Size": "S"}, sku="S"),)}, SkuTaken),
    ],
)
def test_a_refused_draft_changes_nothing(wrong: dict[str, Any], refusal: type[Refusal]) -> None:
    write(tee())
    before = everything()

    with pytest.raises(refusal):
        write(tee(**wrong))

    assert everything() == before


def test_of_several_drafts_all_are_written_or_none() -> None:
    before = everything()

    with pytest.raises(SkuTaken):
        write_all([tee(), tee(slug="other")])
    with pytest.raises(SlugTaken):
        write_all([tee(variants=(VariantDraft(options={"Size": "S"}),))] * 2)

    assert everything() == before


def test_html_keeps_its_form_and_loses_its_scripts() -> None:
    write(tee(description_html='<p style="x">Hi <a href="javascript:x()">a</a><b>b</b><iframe src="//x"></iframe></p>'))

    assert Product.objects.get().description_html == '<p>Hi <a rel="noopener nofollow">a</a><b>b</b></p>'


def test_a_renamed_product_answers_to_both_addresses_and_is_written_by_both() -> None:
    product = write(tee()).product

    rename(product, "shirt")
    written = write(tee(name="Old name"))

    assert (written.product.pk, written.product.slug, written.product.name) == (product.pk, "shirt", "Old name")
    assert SlugHistory.objects.get().slug == "tee"


def test_an_address_that_another_product_has_is_refused() -> None:
    product = write(tee()).product
    write(ProductDraft(slug="mug", name="Mug"))

    with pytest.raises(SlugTaken):
        rename(product, "mug")

    assert Product.objects.get(pk=product.pk).slug == "tee"
    assert SlugHistory.objects.count() == 0


def test_a_product_that_gets_its_old_address_back_forgets_it() -> None:
    product = write(tee()).product
    rename(product, "shirt")

    rename(product, "tee")

    assert list(SlugHistory.objects.values_list("slug", flat=True)) == ["shirt"]


def test_publishing_shows_a_product_and_archiving_hides_it() -> None:
    product = write(tee()).product

    publish(product)
    shown = Product.objects.published().count()
    archive(product)

    assert (shown, Product.objects.published().count(), product.status) == (1, 0, "archived")


def test_publishing_later_shows_it_from_then_on() -> None:
    product, later = write(tee()).product, datetime(2100, 1, 1, tzinfo=UTC)

    publish(product, at=later)

    assert (product.is_published(now()), product.is_published(later), product.version) == (False, True, 2)


def test_what_is_archived_has_to_become_a_draft_first() -> None:
    product = write(tee()).product
    archive(product)

    with pytest.raises(WrongState):
        publish(product)

    assert Product.objects.get().status == "archived"
    assert Product.objects.get().published_at is None


def test_a_picture_that_becomes_a_file_of_ours_raises_the_versions() -> None:
    image = write(tee()).product.images.get(source_url=FRONT)

    images.place(image, Kept("products/a.png", 8, 5))

    stored = Image.objects.get(pk=image.pk)
    assert (stored.file.name, stored.width, stored.height, stored.version) == ("products/a.png", 8, 5, 2)
    assert Product.objects.get().version == 2
