"""What may be sent to a page: by its length alone, before anything reads it."""

from io import BytesIO

import pytest
from django.test import Client

from tests.admins import root

KIB, MIB = 1024, 1024 * 1024

pytestmark = pytest.mark.django_db


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("this body was read")


def send(client: Client, path: str, length: int, **extra: str) -> int:
    """Says that a form of so many bytes comes; the status of the answer."""
    unread = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length)}
    kind = "multipart/form-data; boundary=x"
    response = client.generic("POST", path, b"", content_type=kind, **{**unread, **extra})  # type: ignore[arg-type]
    return response.status_code


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/swagger/", "/redoc/", "/nothing", "/dev/mailbox/"])
def test_a_large_form_of_a_stranger_is_refused_unread(client: Client, path: str) -> None:
    assert send(client, path, 64 * KIB + 1) == 413


def test_a_session_that_is_none_opens_nothing(client: Client) -> None:
    client.cookies["sessionid"] = "a" * 32

    assert send(client, "/admin/catalog/product/add/", 64 * KIB + 1) == 413


def test_the_back_office_takes_thirty_mebibytes_of_whoever_is_logged_in() -> None:
    staff = root()

    assert send(staff, "/admin/catalog/product/add/", 30 * MIB) == 200
    assert send(staff, "/admin/catalog/product/add/", 30 * MIB + 1) == 413


def test_a_login_opens_no_other_page() -> None:
    assert send(root(), "/", 64 * KIB + 1) == 413


@pytest.mark.parametrize("length", ["x", "-1", "9" * 30])
def test_a_length_that_is_none_is_refused(client: Client, length: str) -> None:
    assert send(client, "/admin/login/", 0, CONTENT_LENGTH=length) == 400


def test_webhooks_of_nobody_are_refused_unread(client: Client) -> None:
    assert send(client, "/hooks/payments/nobody", 10) == 404


def test_webhooks_have_a_bound_of_their_own(client: Client) -> None:
    assert send(client, "/hooks/payments/test", 256 * KIB + 1) == 413
