import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.checkout.models import Cart
from shop.checkout.operations import carts
from shop.platform import reencryption
from tests.checkout.storefront_client import Shopper, open_shop, shopper

pytestmark = pytest.mark.django_db

NEW = "new" * 20


@pytest.fixture
def opened() -> list[Shopper]:
    """Five carts."""
    open_shop()
    return [shopper() for _ in range(5)]


def test_rows_are_encrypted_anew_in_batches(
    opened: list[Shopper], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reencryption, "BATCH", 2)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]

    first, second = carts.reencrypt(), carts.reencrypt()
    settings.SECRET_KEY_FALLBACKS = []

    assert (first, second) == (5, 0)
    assert sorted(carts.public_id(each) for each in Cart.objects.all()) == sorted(each.cart_id for each in opened)
    assert set(Cart.objects.values_list("version", flat=True)) == {1}


def test_without_fallbacks_nothing_is_read(opened: list[Shopper]) -> None:
    with CaptureQueriesContext(connection) as asked:
        count = carts.reencrypt()

    assert (count, len(asked)) == (0, 0)


def test_what_no_key_has_encrypted_stays_as_it_is(opened: list[Shopper], settings: Settings) -> None:
    before = sorted(map(bytes, Cart.objects.values_list("secret", flat=True)))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, ["another" * 10]

    count = carts.reencrypt()

    assert (count, sorted(map(bytes, Cart.objects.values_list("secret", flat=True)))) == (0, before)
