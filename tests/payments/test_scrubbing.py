import pytest

from shop.platform.scrub import HIDDEN, scrub_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH asks", f"pi_{HIDDEN} asks"),
        ("seti_1Mm8s8LkdIwHu7ix0OXBfTRG_secret_NXDICkPqPeiBTAFqWmkbff09lRmSVXe", f"seti_{HIDDEN}"),
        ("called with sk_live_51MtwBwLkdIwHu7ix", f"called with sk_live_{HIDDEN}"),
        ("called with rk_test_51MtwBwLkdIwHu7ix", f"called with rk_test_{HIDDEN}"),
    ],
)
def test_secrets_of_payment_providers_are_hidden(text: str, expected: str) -> None:
    assert scrub_text(text) == expected


@pytest.mark.parametrize(
    "text", ["the payment intent pi_3MtwBwLkdIwHu7ix28a3tqPa", "the key pk_live_51MtwBwLkdIwHu7ix"]
)
def test_what_is_public_stays(text: str) -> None:
    assert scrub_text(text) == text
