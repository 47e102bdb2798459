"""Fetching the pictures of an import."""

import time
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image as Drawing

from shop.catalog.models import Image, Product
from shop.catalog.queries import images_elsewhere
from shop.exchange import importing
from shop.exchange.fetching import AT_ONCE, Fetched, Get, fetch
from shop.exchange.shopify import read
from shop.platform.outbound import CallFailed, Reply
from shop.platform.wire import AddressRefused
from tests.exchange.sheets import MUG, sheet

pytestmark = pytest.mark.django_db

MUG_PICTURE, CUP_PICTURE = "https://pictures.example/mug.png", "https://pictures.example/cup.png"


def png(width: int, height: int) -> bytes:
    written = BytesIO()
    Drawing.new("RGB", (width, height)).save(written, "PNG")
    return written.getvalue()


def answering(**answers: Reply | Exception) -> Get:
    """Return a fake client that answers by the last part of the URL."""

    def get(url: str) -> Reply:
        answer = answers[url.rpartition("/")[2].partition(".")[0]]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return get


def bring_in() -> None:
    rows = ({**MUG, "Image Src": MUG_PICTURE}, {**MUG, "Handle": "cup", "Image Src": CUP_PICTURE})
    list(importing.run(read(sheet(*rows), currency="EUR"), currency="EUR"))


def test_a_picture_that_can_be_had_becomes_a_file_of_ours(client: Client) -> None:
    bring_in()
    get = answering(mug=Reply(200, {}, png(8, 5)), cup=Reply(200, {}, png(2, 2)))

    told = list(fetch(images_elsewhere(), get=get))

    image = Image.objects.get(source_url=MUG_PICTURE)
    shown = client.get("/api/v1/products/mug").json()["data"]["image"]
    assert told == [Fetched(CUP_PICTURE), Fetched(MUG_PICTURE)]
    assert (image.width, image.height, image.version) == (8, 5, 2)
    assert image.file.read() == png(8, 5)
    assert (shown["url"], shown["width"], shown["height"]) == (f"http://127.0.0.1:8000/media/{image.file.name}", 8, 5)
    assert set(Product.objects.values_list("version", flat=True)) == {2}
    assert images_elsewhere() == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Reply(404, {}, b""), "could not be fetched (status 404)"),
        (Reply(302, {"location": "https://elsewhere.example/"}, b""), "could not be fetched (status 302)"),
        (Reply(200, {}, b"<svg/>"), "Upload a JPEG, PNG, WebP or GIF image."),
        (CallFailed("timeout"), "could not be fetched (timeout)"),
        (
            AddressRefused(),
            "This URL can't be fetched: it must be https, on port 443, and public.",
        ),
    ],
)
def test_one_that_can_not_stays_where_it_is_and_spoils_no_other(answer: Reply | Exception, problem: str) -> None:
    bring_in()

    told = list(fetch(images_elsewhere(), get=answering(mug=answer, cup=Reply(200, {}, png(2, 2)))))

    assert told == [Fetched(CUP_PICTURE), Fetched(MUG_PICTURE, problem)]
    assert [each.source_url for each in images_elsewhere()] == [MUG_PICTURE]
    assert Product.objects.get(slug="mug").version == 1


def test_importing_again_keeps_the_copy() -> None:
    bring_in()
    list(fetch(images_elsewhere(), get=answering(mug=Reply(200, {}, png(8, 5)), cup=Reply(200, {}, png(2, 2)))))
    before = list(Image.objects.order_by("pk").values())

    bring_in()

    assert list(Image.objects.order_by("pk").values()) == before


def test_no_more_than_a_few_pictures_are_in_memory_at_once() -> None:
    images = [Image(source_url=f"https://pictures.example/{n}.png") for n in range(40)]
    asked: list[str] = []

    def get(url: str) -> Reply:
        asked.append(url)
        return Reply(404, {}, b"")

    waiting = []
    for number, _ in enumerate(fetch(images, get=get)):
        time.sleep(0.005)
        waiting.append(len(asked) - number)

    assert (sorted(asked), max(waiting) <= AT_ONCE) == (sorted(each.source_url for each in images), True)
