import pytest

from shop.payments import tokens
from shop.payments.errors import CardNumberRefused, PaymentTokenRequired
from shop.payments.types import Method

CARD = Method(code="test", name="Card", kind="card", provider="test")
REDIRECT = Method(code="wallet", name="Wallet", kind="redirect", provider="test")
OFFLINE = Method(code="manual", name="Transfer", kind="offline", provider="manual")


@pytest.mark.parametrize(
    "number",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "  4242424242424242\n",
        "tok_4242424242424242",
        "card=378282246310005;cvc=123",
        "4222222222222",
        "6304000000000000000",
        "\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662",
    ],
)
@pytest.mark.parametrize("method", [CARD, REDIRECT, OFFLINE])
def test_a_card_number_is_refused_with_every_method(number: str, method: Method) -> None:
    with pytest.raises(CardNumberRefused) as refused:
        tokens.accepted(number, method=method)

    assert refused.value.problem.field == "payment.token"
    assert "4242" not in str(refused.value)
    assert refused.value.problem.params is None


@pytest.mark.parametrize(
    "token",
    [
        "tok_success",
        "4242424242424241",
        "123456789012",
        "42424242424242424242",
        "pm_1NXWPnJvKYlo2C0kqTqWxyzA",
        "00000000-0000-4000-8000-000000000000",
        "\u00b2" * 16,
    ],
)
def test_a_token_passes_as_it_is(token: str) -> None:
    assert tokens.accepted(token, method=CARD) == token


@pytest.mark.parametrize("token", [None, ""])
def test_a_card_needs_a_token(token: str | None) -> None:
    with pytest.raises(PaymentTokenRequired):
        tokens.accepted(token, method=CARD)

    assert tokens.accepted(token, method=REDIRECT) == ""


def test_an_offline_method_takes_none() -> None:
    assert tokens.accepted("tok_success", method=OFFLINE) == ""


def test_what_is_kept_of_a_token_does_not_tell_it() -> None:
    kept = tokens.digest("tok_success")

    assert kept == tokens.digest("tok_success")
    assert kept != tokens.digest("tok_decline")
    assert (len(kept), tokens.digest("")) == (64, "")
    assert "tok_" not in kept
