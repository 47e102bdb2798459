"""Credentials that staff have entered win over the settings, take effect within seconds, and are shown to nobody."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pydantic import SecretStr
from pytest_django import Settings

from shop.accounts.models import User
from shop.backoffice.gaps import missing
from shop.payments import credentials, registry
from shop.payments import operations as payments
from shop.payments.models import GatewayCredentials, Refund
from shop.payments.operations import gateway_credentials
from shop.payments.operations.gateway_credentials import CredentialsInUse
from shop.platform.records import Stale
from shop.project import upgrade
from shop.stores.models import Store
from tests.admins import clerk, errors, root
from tests.payments.conftest import TWENTY, pay, state
from tests.payments.gateways import Keyed, KeyedCredentials

ADD, LIST = "/admin/payments/gatewaycredentials/add/", "/admin/payments/gatewaycredentials/"
KEYED_ADD = f"{ADD}?provider=keyed"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = {"publishable_key": "pk_live_0123456789", "secret_key": "sk_live_0123456789"}
OTHER = {"publishable_key": "pk_other_98765", "secret_key": "sk_other_98765"}


@pytest.fixture(autouse=True)
def keyed(db: None, settings: Settings) -> Iterator[None]:
    """A gateway that takes credentials beside `manual`; the settings have none for it."""
    gateways = ("shop.payments.gateways.manual.Manual", "tests.payments.gateways.Keyed")
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=False, gateways=gateways)
    credentials.forget()
    yield
    credentials.forget()


def values(given: Mapping[str, str] = GOOD) -> KeyedCredentials:
    return KeyedCredentials(**given)


def enter(given: Mapping[str, str] = GOOD) -> GatewayCredentials:
    """Staff have entered them, and this process knows."""
    row = GatewayCredentials.objects.filter(provider="keyed").first() or GatewayCredentials(provider="keyed")
    gateway_credentials.enter(row, values(given), by=None)
    credentials.forget()
    return row


def secret_in_use() -> str:
    """What the gateway would call its provider with."""
    return cast(Keyed, registry.gateway_of("keyed")).secret_key


def in_settings(settings: Settings, given: Mapping[str, str]) -> None:
    kept = {"keyed": {name: SecretStr(each) for name, each in given.items()}}
    settings.PAYMENTS = replace(settings.PAYMENTS, credentials=kept)


def everything_shown(client: Client, row: GatewayCredentials) -> str:
    """Every page of the row, and what the log keeps of it."""
    pages = [LIST, *(f"{LIST}{row.pk}/{page}/" for page in ("change", "history", "delete"))]
    return " ".join([*(client.get(page).content.decode() for page in pages), str(list(LogEntry.objects.values()))])


def test_what_staff_enter_is_used() -> None:
    enter()

    assert secret_in_use() == "sk_live_0123456789"
    assert [method.code for method in payments.methods()] == ["manual", "keyed"]


def test_it_wins_over_the_settings_as_a_whole(settings: Settings) -> None:
    in_settings(settings, OTHER)
    before = secret_in_use()
    row = enter()
    replaced = secret_in_use()
    gateway_credentials.remove(row)
    credentials.forget()

    assert (before, replaced, secret_in_use()) == ("sk_other_98765", "sk_live_0123456789", "sk_other_98765")


def test_a_change_by_another_process_takes_effect_within_five_seconds() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        enter()
        secret_in_use()
        GatewayCredentials.objects.update(encrypted=credentials.encrypt("keyed", OTHER))
        clock.move_to(NOON + timedelta(seconds=4.9))
        meanwhile = secret_in_use()
        clock.move_to(NOON + timedelta(seconds=5))

        after = secret_in_use()

    assert (meanwhile, after) == ("sk_live_0123456789", "sk_other_98765")


@pytest.mark.django_db(transaction=True)
def test_a_change_by_this_process_takes_effect_at_once() -> None:
    row = GatewayCredentials(provider="keyed")
    gateway_credentials.enter(row, values(), by=None)
    first = secret_in_use()
    gateway_credentials.enter(row, values(OTHER), by=None)
    second = secret_in_use()
    gateway_credentials.remove(row)

    assert (first, second, registry.find("keyed")) == ("sk_live_0123456789", "sk_other_98765", None)


@pytest.mark.django_db(transaction=True)
def test_a_purchase_costs_one_statement_more_in_five_seconds() -> None:
    enter()
    first, second = payments.open_bill(TWENTY), payments.open_bill(TWENTY)

    with CaptureQueriesContext(connection) as cold:
        pay(first, method="keyed")
    with CaptureQueriesContext(connection) as warm:
        pay(second, method="keyed")

    assert (len(cold), len(warm)) == (13, 12)
    assert (state(first), state(second)) == (("covered", 1999, 0), ("covered", 1999, 0))


def test_where_no_gateway_takes_credentials_none_are_read(settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=("shop.payments.gateways.manual.Manual",))

    with CaptureQueriesContext(connection) as asked:
        payments.methods()

    assert len(asked) == 0


def test_they_are_stored_encrypted_for_one_provider() -> None:
    row = enter()

    stored = GatewayCredentials.objects.values().get()
    assert "0123456789" not in str(stored) + str(bytes(stored["encrypted"]))
    assert stored["endings"] == {"publishable_key": "6789"}
    assert credentials.decrypt("keyed", row.encrypted) == GOOD
    assert credentials.decrypt("other", row.encrypted) is None


def test_the_ending_of_a_short_value_is_not_shown() -> None:
    row = enter({"publishable_key": "pk_12345", "secret_key": "sk_12345"})

    assert row.endings == {}


def test_two_members_of_staff_do_not_overwrite_each_other() -> None:
    row = enter()
    mine, theirs = GatewayCredentials.objects.get(), GatewayCredentials.objects.get()
    gateway_credentials.enter(theirs, values(OTHER), by=None)

    with pytest.raises(Stale):
        gateway_credentials.enter(mine, values(), by=None)

    credentials.forget()
    assert (secret_in_use(), GatewayCredentials.objects.get().version) == ("sk_other_98765", row.version + 1)


def test_with_the_fallback_they_are_used_and_an_upgrade_encrypts_them_anew(settings: Settings) -> None:
    enter()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    credentials.forget()
    with_fallback = secret_in_use()

    first, second = upgrade.encryption(), upgrade.encryption()
    settings.SECRET_KEY_FALLBACKS = []
    credentials.forget()

    assert with_fallback == secret_in_use() == "sk_live_0123456789"
    assert (first.said, second.said) == (
        "Encryption: 1 updated.",
        "Encryption: up to date.",
    )


def test_what_can_not_be_decrypted_is_not_replaced_by_the_settings(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    in_settings(settings, OTHER)
    enter()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, []
    with time_machine.travel(NOON, tick=False) as clock:
        credentials.forget()
        registry.find("keyed")
        clock.move_to(NOON + timedelta(minutes=1))

        gateway = registry.find("keyed")

    assert gateway is None
    assert caplog.text.count("the credentials of keyed can't be decrypted: enter them again") == 1
    assert upgrade.encryption().said == "Encryption: up to date."


@pytest.mark.django_db(transaction=True)
def test_a_gateway_whose_credentials_this_process_can_not_decrypt_is_away(settings: Settings) -> None:
    row = enter()
    waiting, paid = payments.open_bill(TWENTY), payments.open_bill(TWENTY)
    pay(waiting, "tok_3ds", method="keyed")
    refund = Refund.objects.create(payment=pay(paid, method="keyed"), amount=500)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, []
    credentials.forget()

    away = (payments.has_lost_its_gateway(waiting), payments.is_paid_back_by_hand(refund))
    gateway_credentials.remove(row, same_account=True)
    removed = (payments.has_lost_its_gateway(waiting), payments.is_paid_back_by_hand(refund))

    assert (away, removed) == ((False, False), (True, True))


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_can_not_be_created_is_away() -> None:
    enter()
    waiting = payments.open_bill(TWENTY)
    pay(waiting, "tok_3ds", method="keyed")
    GatewayCredentials.objects.update(encrypted=credentials.encrypt("keyed", GOOD | {"secret_key": "rk_1"}))
    credentials.forget()

    assert (registry.find("keyed"), payments.has_lost_its_gateway(waiting)) == (None, False)


def test_the_store_is_told_of_a_gateway_without_credentials() -> None:
    store = Store(payment_instructions="IBAN CH93 0076 2011 6238 5295 7")
    before = missing(store)
    enter()

    assert before == ["The gateway keyed has no credentials: its payment methods are not offered."]
    assert missing(store) == []


def test_staff_enter_them_in_the_admin() -> None:
    client = clerk("payments.configure_gateway")

    chosen = client.post(ADD, {"provider": "keyed"})
    saved = client.post(KEYED_ADD, GOOD)
    credentials.forget()

    row = GatewayCredentials.objects.get()
    assert (chosen.status_code, chosen["Location"]) == (302, KEYED_ADD)
    assert (saved.status_code, secret_in_use()) == (302, "sk_live_0123456789")
    assert (row.provider, row.set_by, row.version) == ("keyed", User.objects.get(), 1)


def test_a_gateway_has_them_once() -> None:
    enter()

    assert root().get(ADD).status_code == 403


def test_what_is_left_empty_is_kept() -> None:
    row, client = enter(), root()

    client.post(f"{LIST}{row.pk}/change/", {"publishable_key": "pk_live_second", "secret_key": ""})

    credentials.forget()
    assert credentials.decrypt("keyed", GatewayCredentials.objects.get().encrypted) == {
        "publishable_key": "pk_live_second",
        "secret_key": "sk_live_0123456789",
    }


def test_saving_nothing_changes_nothing() -> None:
    row, client = enter(), root()

    client.post(f"{LIST}{row.pk}/change/", {"publishable_key": "", "secret_key": ""})

    unchanged = GatewayCredentials.objects.get()
    assert (unchanged.version, unchanged.set_by) == (1, None)


def test_the_admin_shows_when_and_by_whom_and_no_value() -> None:
    client = root()
    client.post(KEYED_ADD, GOOD)
    row = GatewayCredentials.objects.get()
    client.post(f"{LIST}{row.pk}/change/", {"secret_key": "sk_live_abcdefgh"})

    shown = everything_shown(client, row)

    assert "Ends in 6789. Leave it empty to keep it." in shown
    assert "root@example.com" in shown
    assert "Changed Secret key." in shown
    assert "0123456789" not in shown
    assert "abcdefgh" not in shown
    assert "efgh" not in shown


@pytest.mark.parametrize(
    ("form", "mistakes"),
    [
        ({}, {"publishable_key": ["This field is required."], "secret_key": ["This field is required."]}),
        ({"secret_key": "sk_live_0123456789"}, {"publishable_key": ["This field is required."]}),
        (
            {"publishable_key": "pk", "secret_key": "x" * 5001},
            {"secret_key": ["Ensure this value has at most 5000 characters (it has 5001)."]},
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_not_shown_again(form: dict[str, str], mistakes: dict[str, list[str]]) -> None:
    answer: Any = root().post(KEYED_ADD, form)

    assert errors(answer) == mistakes
    assert "sk_live" not in answer.content.decode()
    assert GatewayCredentials.objects.count() == 0


def test_with_what_the_gateway_can_not_be_created_is_refused_and_not_shown_again() -> None:
    answer: Any = root().post(KEYED_ADD, GOOD | {"secret_key": "rk_live_0123456789"})

    why = "ValueError: not a secret key: …"
    assert errors(answer) == {"__all__": [f"The gateway can't be created with these credentials: {why}"]}
    assert "rk_live" not in answer.content.decode()
    assert GatewayCredentials.objects.count() == 0


def test_an_old_page_overwrites_nothing() -> None:
    row, client = enter(), root()
    enter(OTHER)

    answer: Any = client.post(f"{LIST}{row.pk}/change/", {"secret_key": "sk_stale", "read_version": "1"})

    assert "This has changed since you read it." in answer.content.decode()
    assert secret_in_use() == "sk_other_98765"


def test_removing_them_leaves_those_of_the_settings(settings: Settings) -> None:
    in_settings(settings, OTHER)
    row, client = enter(), clerk("payments.configure_gateway")

    answer = client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    credentials.forget()
    assert (answer.status_code, GatewayCredentials.objects.count(), secret_in_use()) == (302, 0, "sk_other_98765")
    assert list(LogEntry.objects.values_list("object_repr", flat=True)) == ["Credentials of keyed"]


def test_of_a_gateway_that_was_switched_off_they_can_only_be_removed(settings: Settings) -> None:
    row, client = enter(), root()
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=("shop.payments.gateways.manual.Manual",))

    page = client.get(f"{LIST}{row.pk}/change/")
    changed = client.post(f"{LIST}{row.pk}/change/", {"secret_key": "sk_live_abcdefgh"})
    removed = client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert (page.status_code, changed.status_code, removed.status_code) == (200, 403, 302)
    assert GatewayCredentials.objects.count() == 0


@pytest.mark.parametrize("permission", ["payments.view_payment", "payments.repeat_refund"])
def test_others_see_and_change_nothing(permission: str) -> None:
    row, client = enter(), clerk(permission)

    pages = [LIST, ADD, KEYED_ADD, *(f"{LIST}{row.pk}/{page}/" for page in ("change", "history", "delete"))]
    seen = {client.get(page).status_code for page in pages} | {client.post(page, GOOD).status_code for page in pages}

    assert seen == {403}
    assert GatewayCredentials.objects.values("version").get() == {"version": 1}


IN_PROGRESS = "1 payment and 1 refund are in progress at this provider."


def in_progress() -> GatewayCredentials:
    """A payment waits for its shopper and a refund for the provider."""
    row = enter()
    pay(payments.open_bill(TWENTY), "tok_3ds", method="keyed")
    Refund.objects.create(payment=pay(payments.open_bill(TWENTY), method="keyed"), amount=500)
    return row


@pytest.mark.django_db(transaction=True)
def test_while_something_is_in_progress_they_are_neither_replaced_nor_removed() -> None:
    row = in_progress()

    with pytest.raises(CredentialsInUse, match=IN_PROGRESS):
        gateway_credentials.enter(row, values(OTHER), by=None)
    with pytest.raises(CredentialsInUse, match=IN_PROGRESS):
        gateway_credentials.remove(row)

    credentials.forget()
    assert (secret_in_use(), GatewayCredentials.objects.get().version) == ("sk_live_0123456789", 1)


@pytest.mark.django_db(transaction=True)
def test_the_page_refuses_while_something_is_in_progress() -> None:
    row, client = in_progress(), root()

    changed = client.post(f"{LIST}{row.pk}/change/", OTHER, follow=True)
    removed = client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}, follow=True)
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    all_removed = client.post(LIST, chosen, follow=True)

    credentials.forget()
    assert [IN_PROGRESS in page.content.decode() for page in (changed, removed, all_removed)] == [True] * 3
    assert (secret_in_use(), LogEntry.objects.count()) == ("sk_live_0123456789", 0)


@pytest.mark.django_db(transaction=True)
def test_whoever_confirms_that_the_account_is_the_same_replaces_them_and_is_in_the_log() -> None:
    row, client = in_progress(), root()

    client.post(f"{LIST}{row.pk}/change/", OTHER | {"same_account": "on"})
    replaced = secret_in_use()
    client.post(f"{LIST}{row.pk}/delete/", {"post": "yes", "same_account": "on"})

    confirmed = f"Confirmed that the credentials belong to the same account. {IN_PROGRESS}"
    assert (replaced, GatewayCredentials.objects.count()) == ("sk_other_98765", 0)
    assert LogEntry.objects.filter(change_message=confirmed).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_first_ones_are_not_entered_over_those_of_the_settings_while_something_is_in_progress(
    settings: Settings,
) -> None:
    in_settings(settings, OTHER)
    pay(payments.open_bill(TWENTY), "tok_3ds", method="keyed")

    page = root().post(KEYED_ADD, GOOD, follow=True)

    assert "1 payment is in progress at this provider." in page.content.decode()
    assert (GatewayCredentials.objects.count(), secret_in_use()) == (0, "sk_other_98765")
