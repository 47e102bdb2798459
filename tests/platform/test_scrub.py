"""What is taken out of log lines, and what is left alone."""

import ast
from collections.abc import Iterator

import pytest

from shop.accounts.operations.sessions import TERMS
from shop.kernel.ids import secret
from shop.platform.scrub import HIDDEN, passes_luhn, scrub, scrub_text
from tests.contracts.house_rules import ROOT, files


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "otp", "code", "refresh_token", "Authorization", "X-Order-Token"),
        *("client_secret", "Set-Cookie", "api_key", "card_number", "cvc", "signature"),
    ],
)
def test_a_field_with_a_secret_name_is_hidden_whatever_it_holds(name: str) -> None:
    event = {"outer": {name: "anything at all"}}

    clean = scrub(event)

    assert clean == {"outer": {name: HIDDEN}}


@pytest.mark.parametrize("name", ["status_code", "country", "decline_reason", "discounts", "encoding", "postcode"])
def test_a_field_with_a_plain_name_stays(name: str) -> None:
    event = {name: "as it was"}

    clean = scrub(event)

    assert clean == event


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token sat_Zm9vYmFyYmF6cXV4 refused", f"token sat_{HIDDEN} refused"),
        ("/api/v1/carts/crt_0123456789abcdef/lines", f"/api/v1/carts/crt_{HIDDEN}/lines"),
        ("shk_0123456789 and srt_0123456789", f"shk_{HIDDEN} and srt_{HIDDEN}"),
        ("Authorization was Bearer abc.def-ghi", f"Authorization was Bearer {HIDDEN}"),
        ("postgres://shop:hunter2@db:5432/shop", f"postgres://{HIDDEN}@db:5432/shop"),
        ('{"password": "hunter2", "email": "a@b.example"}', f'{{"password": {HIDDEN}, "email": "a@b.example"}}'),
        ("new_password=hunter2&x=1", f"new_password={HIDDEN}&x=1"),
        ("paid with 4242 4242 4242 4242 today", f"paid with {HIDDEN} today"),
        ("paid with 378282246310005", f"paid with {HIDDEN}"),
    ],
)
def test_secrets_inside_a_text_are_hidden(text: str, expected: str) -> None:
    clean = scrub_text(text)

    assert clean == expected


def prefixes() -> Iterator[str]:
    """What the secrets begin with that the shop's code makes: `secret("srg")`, and the tokens of each audience."""
    for terms in TERMS.values():
        yield from (terms.access_prefix, terms.refresh_prefix)
    for path in files():
        for call in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute):
                name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
                if name == "secret" and isinstance(call.args[0], ast.Constant):
                    yield ast.literal_eval(call.args[0])


def test_every_secret_that_the_shop_makes_is_hidden_by_its_shape() -> None:
    made = sorted({*prefixes()})

    clean = [scrub_text(f"x {secret(each)} y") for each in made]

    assert made == ["saa", "sar", "sat", "sot", "srg", "srp", "srt"]
    assert clean == [f"x {each}_{HIDDEN} y" for each in made]


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4241 fails its check digit",
        "order ord_0192f0c1a2b3 placed",
        "took 1732262400000000000 ns",
        "019351aa-4242-7242-8242-424242424242",
        "GET /api/v1/products?limit=24",
    ],
)
def test_a_harmless_text_stays_as_it_is(text: str) -> None:
    clean = scrub_text(text)

    assert clean == text


def test_numbers_lists_and_odd_objects_are_looked_through() -> None:
    event = {"card_as_number": 4242424242424242, "amount": 1999, "many": ["sat_0123456789", None, True, 1.5]}

    clean = scrub(event)

    assert clean == {"card_as_number": HIDDEN, "amount": 1999, "many": [f"sat_{HIDDEN}", None, True, 1.5]}


def test_what_lies_too_deep_is_left_out_instead_of_running_forever() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless

    clean = scrub(endless)

    assert clean == {"again": {"again": {"again": {"again": {"again": {"again": HIDDEN}}}}}}


@pytest.mark.parametrize(
    ("number", "holds"), [("4242424242424242", True), ("79927398713", True), ("79927398710", False)]
)
def test_luhn(number: str, holds: bool) -> None:
    assert passes_luhn(number) is holds
