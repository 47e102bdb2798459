"""Cleaning pictures removes the metadata and leaves the pixels."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Drawing
from PIL import ImageCms, PngImagePlugin
from pytest_django import Settings

from shop.catalog import pictures
from shop.catalog.drafts import ImageDraft, ProductDraft
from shop.catalog.errors import AnimationNotRedrawn, NotAPicture
from shop.catalog.models import Image, Product, Variant
from shop.catalog.operations.products import write
from shop.catalog.pictures import ORIENTATION, cleaned, is_clean
from shop.catalog.settings import CatalogSettings
from shop.exchange.demo.goods import goods, pictures_of
from shop.exchange.fetching import Fetched, fetch
from shop.platform import files
from shop.platform.models import MovedFile
from shop.platform.outbound import Reply
from tests.admins import clerk, root
from tests.backoffice.test_product_pages import LONE, add, change, kept, rows
from tests.checkout.storefront_client import open_shop

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GPS, GPS_LATITUDE, MAKE = 0x8825, 2, 0x010F
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
UPRIGHT = [[RED, GREEN], [BLUE, WHITE]]
SQUARE = 16


def corners(side: int = SQUARE) -> Drawing.Image:
    """Draw four squares: red and green above blue and white."""
    drawn = Drawing.new("RGB", (2 * side, 2 * side))
    for y, row in enumerate(UPRIGHT):
        for x, color in enumerate(row):
            drawn.paste(color, (x * side, y * side, (x + 1) * side, (y + 1) * side))
    return drawn


def colors(content: bytes) -> list[list[tuple[int, ...]]]:
    """Return the colors in the middle of the four squares, each as the nearest of the four."""
    with Drawing.open(BytesIO(content)) as opened:
        shown = opened.convert("RGB")
        width, height = shown.size
        places = [[(x * width // 4, y * height // 4) for x in (1, 3)] for y in (1, 3)]
        return [[nearest(shown.getpixel(place)) for place in row] for row in places]


def nearest(color: Any) -> tuple[int, ...]:
    return min(
        (RED, GREEN, BLUE, WHITE), key=lambda candidate: sum(abs(a - b) for a, b in zip(candidate, color, strict=True))
    )


def exif(orientation: int = 1) -> Drawing.Exif:
    """Return metadata with a SECRET camera, at 52 degrees north."""
    metadata = Drawing.Exif()
    metadata[ORIENTATION], metadata[MAKE] = orientation, "SECRET"
    metadata.get_ifd(GPS)[GPS_LATITUDE] = (52.0, 31.0, 12.0)
    return metadata


def photo(kind: str, drawn: Drawing.Image | None = None, *, orientation: int = 1, **also: Any) -> bytes:
    """Return a picture with all the metadata that its format supports."""
    every: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": b"SECRET", "xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>", "quality": 90},
        "PNG": {"pnginfo": text()},
        "WEBP": {"xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>", "lossless": True},
        "GIF": {"comment": b"SECRET"},
    }
    more = every[kind]
    if kind != "GIF":
        more |= {"exif": exif(orientation), "icc_profile": PROFILE}
    written = BytesIO()
    (drawn or corners()).save(written, kind, **{**more, **also})
    return written.getvalue() + b"SECRET behind the end"


def text() -> PngImagePlugin.PngInfo:
    metadata = PngImagePlugin.PngInfo()
    metadata.add_text("Comment", "SECRET")
    metadata.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SECRET</x:xmpmeta>")
    return metadata


def frames() -> list[Drawing.Image]:
    return [Drawing.new("RGB", (20, 10), color) for color in (RED, GREEN, BLUE)]


def animation(kind: str, **also: Any) -> bytes:
    first, *others = frames()
    return photo(kind, first, save_all=True, append_images=others, duration=[100, 200, 300], loop=3, **also)


KINDS = pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])


@pytest.fixture(autouse=True)
def storage(settings: Settings) -> Iterator[None]:
    """An empty storage in memory, which can do no more than a remote one."""
    memory = InMemoryStorage()
    with mock.patch.object(default_storage, "_wrapped", memory):
        yield


@KINDS
def test_a_picture_says_nothing_but_itself_and_every_pixel_stays(kind: str) -> None:
    content = photo(kind)

    picture = cleaned(content)

    with Drawing.open(BytesIO(content)) as before, Drawing.open(BytesIO(picture.content)) as after:
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
        assert dict(after.getexif()) == {}
        assert {"comment", "xmp", "exif", "Comment", "XML:com.adobe.xmp"} & set(after.info) == set()
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
    assert (b"SECRET" in content, b"SECRET" in picture.content) == (True, False)
    assert cleaned(picture.content) == picture
    assert (is_clean(content, picture.name), is_clean(picture.content, picture.name)) == (False, True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_before_it_forgets_how(kind: str, orientation: int) -> None:
    shown = {
        1: corners(),
        2: corners().transpose(Drawing.Transpose.FLIP_LEFT_RIGHT),
        3: corners().transpose(Drawing.Transpose.ROTATE_180),
        4: corners().transpose(Drawing.Transpose.FLIP_TOP_BOTTOM),
        5: corners().transpose(Drawing.Transpose.TRANSPOSE),
        6: corners().transpose(Drawing.Transpose.ROTATE_90),
        7: corners().transpose(Drawing.Transpose.TRANSVERSE),
        8: corners().transpose(Drawing.Transpose.ROTATE_270),
    }[orientation]

    picture = cleaned(photo(kind, shown, orientation=orientation))

    with Drawing.open(BytesIO(picture.content)) as after:
        assert (dict(after.getexif()), after.info.get("icc_profile")) == ({}, PROFILE)
    assert colors(picture.content) == UPRIGHT


def test_a_turned_picture_is_as_wide_as_it_is_shown() -> None:
    picture = cleaned(photo("JPEG", Drawing.new("RGB", (40, 20)), orientation=6))

    assert (picture.width, picture.height) == (20, 40)
    assert Drawing.open(BytesIO(picture.content)).size == (20, 40)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("side", [40, 4000], ids=["scaled down", "as it is"])
def test_transparency_stays(kind: str, side: int, settings: Settings) -> None:
    settings.CATALOG = replace(settings.CATALOG, picture_side=side)
    drawn = Drawing.new("RGBA", (100, 50), (255, 0, 0, 0))
    drawn.paste((0, 0, 255, 128), (50, 0, 100, 50))

    picture = cleaned(photo(kind, drawn))

    with Drawing.open(BytesIO(picture.content)) as after:
        shown = after.convert("RGBA")
        edge = shown.width - 3
        assert (shown.getpixel((2, 5))[3], shown.getpixel((edge, 5))) == (0, (0, 0, 255, 128))  # type: ignore[index]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animations_stay_with_their_times(kind: str) -> None:
    content = animation(kind)

    picture = cleaned(content)

    with Drawing.open(BytesIO(content)) as before, Drawing.open(BytesIO(picture.content)) as after:
        assert [shown(after, at) for at in range(3)] == [shown(before, at) for at in range(3)]
        assert (after.n_frames, after.info["loop"]) == (3, before.info["loop"])  # type: ignore[attr-defined]
    assert b"SECRET" not in picture.content
    assert cleaned(picture.content) == picture


def shown(opened: Drawing.Image, at: int) -> tuple[bytes, Any]:
    opened.seek(at)
    opened.load()
    return opened.convert("RGB").tobytes(), opened.info.get("duration")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_that_is_too_large_is_refused_with_a_sentence(kind: str, settings: Settings) -> None:
    settings.CATALOG = replace(settings.CATALOG, picture_side=15)

    with pytest.raises(AnimationNotRedrawn) as refused:
        pictures.keep(animation(kind))

    assert refused.value.problem.message == (
        "This animated image is too large or rotated. Upload a smaller, upright one."
    )
    assert not default_storage.exists("products")


@pytest.mark.parametrize(
    ("kind", "suffix", "mode"),
    [("JPEG", "jpg", "RGB"), ("PNG", "png", "RGB"), ("WEBP", "webp", "RGB"), ("GIF", "png", "P"), ("PNG", "png", "P"),
     ("PNG", "png", "LA"), ("PNG", "png", "1"), ("PNG", "png", "I;16"), ("JPEG", "jpg", "L"), ("JPEG", "jpg", "CMYK")],
)  # fmt: skip
def test_what_is_too_large_is_scaled_down(kind: str, suffix: str, mode: str, settings: Settings) -> None:
    settings.CATALOG = replace(settings.CATALOG, picture_side=50)
    drawn = Drawing.new("RGB", (200, 100), RED).convert("L" if mode == "I;16" else mode).convert(mode)
    content = photo(kind, drawn, icc_profile=None)

    picture = cleaned(content)

    assert (picture.suffix, picture.width, picture.height) == (suffix, 50, 25)
    assert b"SECRET" not in picture.content
    assert cleaned(picture.content) == picture


def test_the_second_picture_of_a_phone_goes() -> None:
    written = BytesIO()
    corners().save(written, "MPO", save_all=True, append_images=[Drawing.new("RGB", (8, 8))], exif=exif())

    picture = cleaned(written.getvalue())

    assert Drawing.open(BytesIO(picture.content)).format == "JPEG"
    assert (picture.suffix, colors(picture.content)) == ("jpg", UPRIGHT)
    assert b"SECRET" not in picture.content


def test_heic_is_refused_with_the_sentence_that_names_what_is_not() -> None:
    content = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100

    with pytest.raises(NotAPicture) as refused:
        pictures.keep(content)

    assert refused.value.problem.message == "Upload a JPEG, PNG, WebP or GIF image."
    assert not default_storage.exists("products")


@given(st.binary(max_size=60), st.integers(0, 2000), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
def test_a_damaged_picture_is_cleaned_or_refused(noise: bytes, at: int, kind: str) -> None:
    content = photo(kind)
    damaged = content[:at] + noise + content[at + len(noise) :]

    try:
        picture = cleaned(damaged)
    except NotAPicture:
        return

    assert cleaned(picture.content) == picture


def test_half_a_file_that_a_crash_left_is_replaced() -> None:
    picture = cleaned(photo("PNG"))
    default_storage.save(picture.name, ContentFile(picture.content[:20]))

    files = [pictures.stored(picture), pictures.stored(picture)]

    assert [each.name for each in files] == [picture.name] * 2
    assert default_storage.open(picture.name).read() == picture.content
    assert default_storage.listdir("products")[1] == [picture.name.removeprefix("products/")]


def before_cleaning(content: bytes, suffix: str = "jpg") -> str:
    """Store a picture as it was stored before cleaning was introduced."""
    name = f"products/{hashlib.sha256(content).hexdigest()}.{suffix}"
    return default_storage.save(name, ContentFile(content))


def showing(slug: str, name: str) -> Product:
    return write(ProductDraft(slug=slug, name=slug, images=(ImageDraft(file=name, width=32, height=32),))).product


def run() -> str:
    told = StringIO()
    call_command("clean_pictures", stdout=told, stderr=told)
    return told.getvalue()


@pytest.mark.django_db
def test_stored_pictures_are_mended_and_their_old_addresses_lead_to_the_new_ones(client: Client) -> None:
    content = photo("JPEG", orientation=6)
    old, orphan = before_cleaning(content), before_cleaning(photo("PNG"), "png")
    mug, cup = showing("mug", old), showing("cup", old)
    new, other = cleaned(content), cleaned(photo("PNG"))

    told = [run(), run()]

    image = Image.objects.get(product=mug)
    answer = client.get(f"/media/{old}", headers={"If-None-Match": f'"{old[9:-4]}"'})
    assert told == ["2 mended, 0 clean, 0 unreadable\n", "0 mended, 2 clean, 0 unreadable\n"]
    assert (image.file.name, image.width, image.height, image.version) == (new.name, new.width, new.height, 2)
    assert set(Product.objects.values_list("pk", "version")) == {(mug.pk, 2), (cup.pk, 2)}
    assert [default_storage.exists(name) for name in (old, orphan, new.name, other.name)] == [False, False, True, True]
    assert (answer.status_code, answer["Location"]) == (301, f"/media/{new.name}")
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert client.head(f"/media/{orphan}")["Location"] == f"/media/{other.name}"
    assert client.get(answer["Location"]).getvalue() == new.content


@pytest.mark.django_db
@pytest.mark.parametrize("death", ["stored", "move", "delete"])
def test_a_mending_that_is_ended_anywhere_loses_nothing_and_goes_on(client: Client, death: str) -> None:
    content = photo("JPEG")
    old = before_cleaning(content)
    showing("mug", old)
    where = {
        "stored": (pictures, "stored"),
        "move": (files, "move"),
        "delete": (default_storage._wrapped, "delete"),  # type: ignore[attr-defined]
    }[death]

    with mock.patch.object(*where, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        run()
    shown_then = client.get(f"/media/{Image.objects.get().file.name}").status_code
    run()

    assert shown_then == 200
    assert Image.objects.get().file.name == cleaned(content).name
    assert (default_storage.exists(old), client.get(f"/media/{old}").status_code) == (False, 301)
    assert MovedFile.objects.count() == 1


@pytest.mark.django_db
def test_a_picture_that_moves_again_is_one_step_away(client: Client, settings: Settings) -> None:
    old = before_cleaning(photo("JPEG"))
    run()
    between = MovedFile.objects.get().moved_to
    settings.CATALOG = replace(settings.CATALOG, picture_side=20)

    run()

    last = MovedFile.objects.get(name=between).moved_to
    assert [client.get(f"/media/{name}")["Location"] for name in (old, between)] == [f"/media/{last}"] * 2


@pytest.mark.django_db
def test_what_can_not_be_read_stays_and_is_told(client: Client) -> None:
    unreadable = default_storage.save("products/by-hand.jpg", ContentFile(b"no picture"))
    large = before_cleaning(animation("GIF"), "gif")

    with (
        override_settings(CATALOG=CatalogSettings(picture_side=15)),
        pytest.raises(CommandError, match="1 files"),
    ):
        run()

    moved = MovedFile.objects.get(name=large).moved_to
    assert default_storage.open(unreadable).read() == b"no picture"
    assert default_storage.open(moved).read() == cleaned(animation("GIF")).content


class Noting(InMemoryStorage):
    """A storage that records how many transactions are open whenever a file is saved."""

    def __init__(self) -> None:
        super().__init__()
        self.depths: list[int] = []

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        self.depths.append(len(connection.savepoint_ids))
        return super().save(name, content, max_length)


@pytest.mark.django_db
def test_what_is_uploaded_in_the_admin_is_cleaned_before_the_pages_transaction() -> None:
    open_shop()
    content, noting = photo("JPEG", orientation=8), Noting()
    upload = SimpleUploadedFile("mug.jpg", content, "image/jpeg")
    other = SimpleUploadedFile("mug.png", photo("PNG"), "image/png")

    with mock.patch.object(default_storage, "_wrapped", noting):
        added = add(root(), LONE, images=rows("images", {"upload": upload, "alt": "", "position": "0"}))
        first = Image.objects.get().file.name
        product = Product.objects.get()
        changed = change(
            client_of(added),
            product,
            kept(Variant.objects.get()),
            images=rows("images", {"id": str(Image.objects.get().pk), "position": "0", "upload": other}, initial=1),
        )

    assert (added.status_code, changed.status_code) == (302, 302)
    assert (first, Image.objects.get().file.name) == (cleaned(content).name, cleaned(photo("PNG")).name)
    assert noting.depths == [0, 0]


def client_of(answer: Any) -> Client:
    client: Client = answer.client
    return client


@pytest.mark.django_db
def test_whoever_may_not_write_products_does_not_have_pictures_kept() -> None:
    upload = SimpleUploadedFile("mug.jpg", photo("JPEG"), "image/jpeg")

    answer = add(clerk("catalog.view_product"), LONE, images=rows("images", {"upload": upload, "position": "0"}))

    assert answer.status_code == 403
    assert not default_storage.exists("products")


@pytest.mark.django_db
def test_what_an_import_copies_is_cleaned() -> None:
    product = write(ProductDraft(slug="mug", name="Mug", images=(ImageDraft(url="https://a.example/mug.jpg"),))).product

    told = list(fetch(list(product.images.all()), get=lambda url: Reply(200, {}, photo("JPEG"))))

    assert told == [Fetched("https://a.example/mug.jpg")]
    assert Image.objects.get().file.name == cleaned(photo("JPEG")).name


def test_what_the_demo_draws_is_clean() -> None:
    drawn = pictures_of(goods().products[0])

    assert {cleaned(content).content == content for content in drawn.values()} == {True}


@pytest.mark.django_db
def test_the_same_picture_twice_is_one_file() -> None:
    first, again = pictures.keep(photo("JPEG")), pictures.keep(photo("JPEG", comment=b"SECRET of another kind"))

    assert first == again
    assert len(default_storage.listdir("products")[1]) == 1
