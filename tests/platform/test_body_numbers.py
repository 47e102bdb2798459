"""Numbers in bodies: integers however they are written, nothing that is too large for a number."""

import pytest
from django.test import RequestFactory

from shop.platform.http.body import parse
from shop.platform.http.refusals import InvalidJson

INTEGERS = [
    ("2", 2),
    ("2.0", 2),
    ("2e0", 2),
    ("200e-2", 2),
    ("-0.0", 0),
    ("9007199254740991", 2**53 - 1),
    ("9" * 100, 10**100 - 1),
]


def read(number: str) -> object:
    request = RequestFactory().post("/", f'{{"n": {number}}}', content_type="application/json")
    parsed, problems = parse(request)
    assert problems == []
    assert isinstance(parsed, dict)
    return parsed["n"]


@pytest.mark.parametrize(("written", "value"), INTEGERS)
def test_an_integer_is_one_however_it_is_written(written: str, value: int) -> None:
    found = read(written)

    assert (found, type(found)) == (value, int)


def test_a_fraction_stays_one() -> None:
    assert read("2.5") == 2.5


@pytest.mark.parametrize("written", ["1e400", "-1e400", "9" * 101, "NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_of_ours_is_refused(written: str) -> None:
    with pytest.raises(InvalidJson):
        read(written)
