"""`manage.py upgrade`: one command for the tables and for everything that is stored in an older form."""

import threading
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connections
from pytest_django import Settings

from shop.catalog import jobs as pictures
from shop.catalog.pictures import cleaned
from shop.orders.models import Order
from shop.platform.clock import now
from shop.platform.models import Job, MovedFile, UpgradeStep
from shop.platform.upgrading import alone
from shop.platform.worker import drain
from shop.pricing.models import Price, PriceHistory
from shop.promotions.models import DiscountCode
from tests.catalog.test_clean_pictures import before_cleaning, photo, showing
from tests.checkout.storefront_client import code, open_shop, sell, shopper
from tests.payments.conftest import bank
from tests.payments.gateways import Watched

__all__ = ["bank"]


def upgrade(verbosity: int = 1) -> tuple[str, str]:
    """What it printed, and what it left to a person."""
    said, left = StringIO(), StringIO()
    call_command("upgrade", stdout=said, stderr=left, verbosity=verbosity)
    return said.getvalue(), left.getvalue()


def everything() -> dict[str, list[Any]]:
    """All rows of all tables."""
    rows = {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}
    for state in rows["pricing.PriceHistoryState"]:
        del state["recorded_until"]  # until when it was looked: now
    return rows


@pytest.fixture
def old(bank: Watched) -> Order:
    """A shop whose rows are of an earlier day: a code, a price, an order and a picture."""
    open_shop()
    mug = sell()
    shopper(mug).ready().complete("", method="manual")
    Order.objects.update(search_text="")
    DiscountCode.objects.filter(pk=code("SUMMER-10").pk).update(key="summer-10")
    Price.objects.update(amount=1500)
    showing("cup", before_cleaning(photo("JPEG")))
    return Order.objects.get()


@pytest.mark.django_db
def test_everything_of_an_earlier_form_is_of_todays(old: Order) -> None:
    said, left = upgrade()
    drain()

    assert said.splitlines()[-7:] == [
        "Discount codes: 1 updated.",
        "Discount uses: up to date.",
        "Descriptions: up to date.",
        "Price history: 1 prices recorded.",
        "Order search: 1 orders indexed.",
        "Pictures: queued for the worker.",
        "Encryption: up to date.",
    ]
    assert left == ""
    assert DiscountCode.objects.get().key == "summer10"
    assert PriceHistory.objects.latest("effective_from").amount == 1500
    assert Order.objects.get().search_text == "guest@example.com ada lovelace berlin"
    assert default_storage.exists(cleaned(photo("JPEG")).name)


@pytest.mark.django_db
def test_a_second_time_changes_nothing(old: Order) -> None:
    upgrade()
    before = everything()

    said, left = upgrade()

    assert said.splitlines()[-7:] == [
        "Discount codes: up to date.",
        "Discount uses: up to date.",
        "Descriptions: up to date.",
        "Price history: up to date.",
        "Order search: up to date.",
        "Pictures: up to date.",
        "Encryption: up to date.",
    ]
    assert left == ""
    assert everything() == before


@pytest.mark.django_db
def test_what_a_person_has_to_decide_is_told_quietly_or_not_and_ends_nothing(old: Order) -> None:
    code("SUMMER10")

    told = [upgrade(verbosity=0), upgrade(verbosity=0)]

    sentence = (
        "Action needed: the discount codes “SUMMER-10” and “SUMMER10” differ only in spaces, hyphens or case, so each "
        "works only exactly as written. Rename or delete all but one in the back office.\n"
    )
    assert told == [("", sentence), ("", sentence)]
    assert Order.objects.get().search_text != ""


@pytest.mark.django_db
def test_what_old_processes_still_write_is_looked_through_later(old: Order) -> None:
    upgrade()
    drain()
    Order.objects.update(search_text="")
    waiting = Job.objects.get(name="platform.catch_up")

    assert timedelta(minutes=14) < waiting.due_at - now() <= timedelta(minutes=15)
    Job.objects.update(due_at=now())
    drain()

    assert Order.objects.get().search_text == "guest@example.com ada lovelace berlin"
    assert not Job.objects.filter(name="platform.catch_up").exists()


@pytest.mark.django_db
def test_pictures_are_looked_through_by_pieces_and_again_only_under_another_rule(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "AT_ONCE", 2)
    old = [before_cleaning(photo("JPEG", orientation=each)) for each in (1, 3, 6, 8)]
    old.append(before_cleaning(photo("PNG"), "png"))

    begun = [pictures.clean_all_pictures(), pictures.clean_all_pictures()]
    drain()
    settings.CATALOG = replace(settings.CATALOG, picture_side=20)
    begun += [pictures.clean_all_pictures(), pictures.clean_all_pictures()]

    assert begun == [True, False, True, False]
    assert [default_storage.exists(name) for name in old] == [False] * 5
    assert MovedFile.objects.count() == 5
    assert UpgradeStep.objects.get().revision == "1, 20"


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_is_told_and_waits() -> None:
    told, through = threading.Event(), threading.Event()

    def second() -> None:
        try:
            with alone(told.set):
                through.set()
        finally:
            connections.close_all()

    with alone(lambda: pytest.fail("nobody else upgrades")):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(10)
        assert not through.is_set()
    thread.join(10)

    assert through.is_set()
