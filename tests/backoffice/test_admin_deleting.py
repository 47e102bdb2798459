"""What can't be deleted on its own page is not deleted from a list either, on any page of the admin."""

from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import Client, RequestFactory

from shop.accounts.models import User
from shop.payments.models import Refund
from shop.pricing.models import Price, PriceList
from tests.admins import clerk, root
from tests.backoffice.every_row import one_of_each
from tests.checkout.storefront_client import sell

pytestmark = pytest.mark.django_db

LISTS: dict[str, Any] = {model._meta.label_lower: site for model, site in admin.site._registry.items()}
ORDINARY = "Ordinary prices in EUR: The ordinary prices in EUR are on this list, so it can't be deleted."
STAFF = "Only a superuser can delete a staff account and what belongs to it."
DELETING = ("address", "onetimepassword", "pendingregistration", "session", "user")


def asking(email: str) -> HttpRequest:
    """A question by this person."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(email=email)
    return request


def kept(request: HttpRequest) -> dict[str, list[Any]]:
    """The rows that whoever asks can't delete one by one."""
    found = {
        label: [each for each in site.model._default_manager.all() if not site.has_delete_permission(request, each)]
        for label, site in LISTS.items()
    }
    return {label: rows for label, rows in found.items() if rows}


def delete(client: Client, label: str, rows: list[Any]) -> tuple[list[str], bool]:
    """What is told when these rows are chosen to be deleted, and whether they are still there."""
    model, path = LISTS[label].model, f"/admin/{label.replace('.', '/')}/"
    chosen = {"action": "delete_selected", "_selected_action": [str(each.pk) for each in rows], "post": "yes"}
    told = [str(each) for each in client.post(path, chosen, follow=True).context.get("messages", ())]
    return told, model._default_manager.filter(pk__in=[each.pk for each in rows]).count() == len(rows)


def outcomes(client: Client, email: str) -> tuple[dict[str, list[str]], list[str]]:
    """Of each list what is told when all that stays is chosen; the lists from which something went all the same."""
    found = {label: delete(client, label, rows) for label, rows in kept(asking(email)).items()}
    told = {
        label: messages for label, (messages, _) in found.items() if LISTS[label].has_delete_permission(asking(email))
    }
    return told, [label for label, (_, stayed) in found.items() if not stayed]


def test_every_list_has_a_row_to_try() -> None:
    one_of_each()

    empty = [label for label, site in LISTS.items() if not site.model._default_manager.exists()]

    assert (empty, Refund.objects.count()) == ([], 1)


def test_a_superuser_deletes_nothing_from_a_list_that_has_to_stay() -> None:
    one_of_each()
    asker = root()

    told, gone = outcomes(asker, "root@example.com")

    assert gone == []
    assert told == {
        "accounts.user": ["root@example.com: You can't delete your own account.", "Nothing was deleted."],
        "accounts.customergroup": [
            "Customers: Guests and new accounts are in this group, so it can't be deleted.",
            "Nothing was deleted.",
        ],
        "inventory.location": ["Main warehouse: It is in use. Switch it off first.", "Nothing was deleted."],
        "platform.job": ["payments.send_refund: Only jobs that failed can be deleted.", "Nothing was deleted."],
        "pricing.pricelist": [ORDINARY, "Nothing was deleted."],
        "stores.market": [
            "EU: The default market can't be deleted. Make another one the default first.",
            "Nothing was deleted.",
        ],
        "tax.taxclass": ["Standard: The standard tax class can't be deleted.", "Nothing was deleted."],
    }


def test_a_clerk_deletes_nothing_of_staff_from_a_list() -> None:
    one_of_each()
    asker = clerk(*(f"accounts.{verb}_{each}" for verb in ("view", "delete") for each in DELETING))

    told, gone = outcomes(asker, "clerk@example.com")

    assert gone == []
    assert {label: [each.split(": ")[-1] for each in messages] for label, messages in told.items()} == {
        "accounts.user": ["You can't delete your own account.", STAFF, "Nothing was deleted."],
        "accounts.address": [STAFF, "Nothing was deleted."],
        "accounts.session": [STAFF, "Nothing was deleted."],
    }


def test_one_that_stays_keeps_the_others_that_were_chosen() -> None:
    sell()
    summer = PriceList.objects.create(code="summer", name="Summer", currency="EUR", priority=5)
    before = set(Price.objects.values_list("pk", flat=True))

    told, stayed = delete(root(), "pricing.pricelist", list(PriceList.objects.all()))

    assert (told, stayed) == ([ORDINARY, "Nothing was deleted."], True)
    assert set(Price.objects.values_list("pk", flat=True)) == before
    assert PriceList.objects.filter(pk=summer.pk).exists()


def test_of_many_that_stay_the_first_are_named() -> None:
    PriceList.objects.bulk_create(
        [PriceList(code=f"base-{each}", name=each.upper(), currency=each.upper()) for each in
         ("chf", "dkk", "gbp", "nok", "sek", "usd", "yen")]
    )  # fmt: skip

    told, stayed = delete(root(), "pricing.pricelist", list(PriceList.objects.exclude(code="base-eur")))

    assert (len(told), told[-1], stayed) == (6, "Nothing was deleted. 2 more can't be deleted either.", True)


def test_what_may_go_is_deleted_once_that_is_confirmed() -> None:
    asker = root()
    summer = PriceList.objects.create(code="summer", name="Summer", currency="EUR", priority=5)
    chosen = {"action": "delete_selected", "_selected_action": str(summer.pk)}

    asked = asker.post("/admin/pricing/pricelist/", chosen)
    before = PriceList.objects.filter(code="summer").exists()
    told, stayed = delete(asker, "pricing.pricelist", [summer])

    assert (asked.status_code, before) == (200, True)
    assert (told, stayed) == (["Successfully deleted 1 price list."], False)
