"""No body of 1 MiB costs much, whatever is in it; and what a text may not be is said at its place."""

import sys
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from shop.platform.http.body import COMBINING_MARKS
from tests.platform.zoo import ZOO

MOST_SECONDS = 0.25


@pytest.fixture(autouse=True)
def _routes_are_there(db: None, client: Client) -> None:
    """The first request of a process makes what all of them share."""
    client.post("/api/v1/auth/logout")


def cpu_seconds(call: Callable[[], object]) -> float:
    """What a call costs this thread, the cheaper of two: others on the same machine only ever make it more."""
    times = [time.thread_time()]
    call()
    times.append(time.thread_time())
    call()
    times.append(time.thread_time())
    return min(times[1] - times[0], times[2] - times[1])


@pytest.mark.parametrize("body", ZOO.values(), ids=ZOO.keys())
def test_a_body_of_a_mebibyte_is_answered_in_a_quarter_of_a_second(client: Client, body: bytes) -> None:
    statuses = []

    seconds = cpu_seconds(
        lambda: statuses.append(client.post("/api/v1/auth/login", body, content_type="application/json").status_code)
    )

    assert seconds <= MOST_SECONDS
    assert set(statuses) <= {400, 422}


MARKS = "\u0315\u0300\u05ae"
HIGH_MARK = "\U0001e8d0"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"note": "a" + MARKS * 10 + "\u0300"}, "note"),
        ({"note": "a" + "\u20dd" * 31}, "note"),
        ({"note": "a" + HIGH_MARK * 31}, "note"),
        ({"note": "a" + HIGH_MARK + "\u0300" * 30}, "note"),
        ({"note": "bcd\u0300" * 20 + MARKS * 11}, "note"),
        ({"metadata": {"shelf": MARKS * 11}}, "metadata.shelf"),
        ({"metadata": {"a" + MARKS * 11: "1"}}, "metadata"),
        ({"lines": [{"a" + MARKS * 11: "1"}]}, "lines.0"),
    ],
)
def test_more_than_thirty_combining_marks_in_a_row_are_refused_at_their_place(
    client: Client, body: dict[str, Any], field: str
) -> None:
    response = client.post("/api/v1/carts", body, content_type="application/json")

    assert response.status_code == 422
    assert response.json()["errors"][0] == {
        "code": "invalid_text",
        "message": "This text has more than 30 combining marks in a row.",
        "field": field,
        "params": None,
    }


@pytest.mark.parametrize("note", ["a" + MARKS * 10, "a" + HIGH_MARK * 30, ("a" + MARKS * 10) * 3])
def test_thirty_combining_marks_in_a_row_are_text(client: Client, note: str) -> None:
    response = client.post("/api/v1/carts", {"note": note}, content_type="application/json")

    assert response.status_code == 201


def test_a_body_of_too_many_values_is_refused_before_they_are_made(client: Client) -> None:
    body = b"[" + b"1," * 20_000 + b"1]"

    response = client.post("/api/v1/auth/login", body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"][0]["params"] == {"max_values": 20_000}


def test_commas_in_texts_are_no_values(client: Client) -> None:
    response = client.post("/api/v1/carts", {"note": "a," * 30_000}, content_type="application/json")

    assert response.json()["errors"][0]["code"] == "too_long"


def test_every_combining_mark_of_unicode_is_known_as_one() -> None:
    marks = {letter for letter in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(letter)[0] == "M"}

    assert marks == COMBINING_MARKS
