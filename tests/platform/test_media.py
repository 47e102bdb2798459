"""Pictures as files: kept for good by everybody, and nothing else is served."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

NAME = f"{'a' * 64}.png"


@pytest.fixture(autouse=True)
def stored() -> None:
    for name, content in ((NAME, b"picture"), ("by-hand.jpg", b"upload"), ("notes.html", b"<script>")):
        if not default_storage.exists(f"products/{name}"):
            default_storage.save(f"products/{name}", ContentFile(content))


def test_a_picture_named_by_its_content_is_kept_for_good_and_shown_by_other_origins(client: Client) -> None:
    answer = client.get(f"/media/products/{NAME}")

    assert (answer.status_code, answer.getvalue()) == (200, b"picture")
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_whoever_has_it_is_told_so(client: Client) -> None:
    tag = client.get(f"/media/products/{NAME}")["ETag"]

    answer = client.get(f"/media/products/{NAME}", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)


def test_one_with_a_name_of_its_own_is_kept_for_minutes(client: Client) -> None:
    answer = client.get("/media/products/by-hand.jpg")

    assert (answer.status_code, answer["Cache-Control"], answer["Content-Type"]) == (
        200,
        "public, max-age=300",
        "image/jpeg",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "notes.html",
        "none.png",
        "none.svg",
        "..png",
        ".png",
        "%2e%2e%2fsecret-key",
        "%2e%2e%5csecret.png",
        "a%00.png",
        "x" * 300 + ".png",
    ],
)
def test_nothing_else_is_there(client: Client, path: str) -> None:
    assert client.get(f"/media/products/{path}").status_code == 404


def test_folders_are_not_listed(client: Client) -> None:
    assert [client.get(path).status_code for path in ("/media/", "/media/products/", "/media/secret-key")] == [404] * 3


def test_pictures_are_only_read(client: Client) -> None:
    assert client.post(f"/media/products/{NAME}").status_code == 405
