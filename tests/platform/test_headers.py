"""The headers of an envelope behave as Django's own."""

import pytest
from django.http import HttpResponse
from django.http.response import BadHeaderError

from shop.platform.http.envelope import Enveloped


@pytest.fixture
def response() -> HttpResponse:
    return Enveloped(b"{}", status=200)


def test_those_of_every_answer_are_there(response: HttpResponse) -> None:
    assert dict(response.items()) == {
        "Cache-Control": "private, no-store",
        "Vary": "Accept-Encoding, Accept-Language, Authorization, Origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Content-Type": "application/json",
    }


def test_a_change_of_one_answer_changes_no_other(response: HttpResponse) -> None:
    response["Cache-Control"] = "public"
    del response["Vary"]

    another = Enveloped(b"{}", status=200)

    assert (response["Cache-Control"], response.has_header("Vary")) == ("public", False)
    assert (another["Cache-Control"], another.has_header("Vary")) == ("private, no-store", True)


def test_a_name_is_found_in_any_case(response: HttpResponse) -> None:
    response["etag"] = '"1"'

    assert (response["ETag"], "ETAG" in response, response.get("Etag")) == ('"1"', True, '"1"')
    assert ("etag", '"1"') in response.items()


def test_what_is_not_there_is_missing_and_may_be_deleted(response: HttpResponse) -> None:
    del response["ETag"]

    assert response.get("ETag") is None
    with pytest.raises(KeyError):
        response["ETag"]


def test_text_that_is_no_ascii_is_encoded_as_django_does(response: HttpResponse) -> None:
    plain = HttpResponse()
    response["X-Shop"] = plain["X-Shop"] = "Möbel ☕"

    assert response["X-Shop"] == plain["X-Shop"]
    assert response["X-Shop"].isascii()


@pytest.mark.parametrize("value", ["a\nSet-Cookie: b", "a\r\nb"])
def test_a_line_end_is_refused(value: str, response: HttpResponse) -> None:
    with pytest.raises(BadHeaderError):
        response["Location"] = value

    assert not response.has_header("Location")
