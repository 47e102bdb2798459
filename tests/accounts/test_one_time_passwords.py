"""The product's own promise: one row for each subject and purpose, five minutes, five tries, once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.accounts.errors import InvalidOrExpiredOtp
from shop.accounts.models import OneTimePassword, User
from shop.accounts.models.one_time_password import NobodyWritesOneTimePasswords
from shop.accounts.operations import one_time_passwords as otp
from shop.kernel.ids import uuid7
from tests.accounts.visitor import EMAIL, OTHER_PASSWORD, PASSWORD, UNKNOWN, Visitor, code, codes_in, deliver, wrong

pytestmark = pytest.mark.django_db

RESET = OneTimePassword.Purpose.PASSWORD_RESET


def reset(visitor: Visitor, digits: str, new_password: str = OTHER_PASSWORD) -> tuple[int, str]:
    seen = visitor.post("/auth/reset-password", email=EMAIL, otp=digits, new_password=new_password)
    return seen.status, seen.code if seen.body["errors"] else ""


def burn_a_code(visitor: Visitor) -> list[tuple[int, str]]:
    """Asks for a code and answers five times wrong."""
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()
    return [reset(visitor, wrong(digits)) for _ in range(5)]


def confirm(me: Visitor, digits: str) -> tuple[int, str]:
    seen = me.post("/me/change-email/confirm", otp=digits)
    return seen.status, seen.code if seen.body["errors"] else ""


def burn_a_change(me: Visitor) -> list[tuple[int, str]]:
    """Asks for another address and answers five times wrong."""
    me.post("/me/change-email", new_email=UNKNOWN, current_password=PASSWORD)
    digits = code()
    return [confirm(me, wrong(digits)) for _ in range(5)]


def verify(visitor: Visitor, digits: str, token: str) -> tuple[int, str]:
    seen = visitor.post("/auth/verify-email", email=EMAIL, otp=digits, registration_token=token)
    return seen.status, seen.code if seen.body["errors"] else ""


def armed() -> str:
    """A live code."""
    digits = otp.issue_code(otp.ask(subject=EMAIL, purpose=RESET))
    assert digits is not None
    return digits


def exhaust() -> None:
    digits = armed()
    for _ in range(5):
        with pytest.raises(InvalidOrExpiredOtp):
            otp.check(subject=EMAIL, ip=IP, purpose=RESET, code=wrong(digits))


def expire(clock: time_machine.Traveller) -> None:
    armed()
    clock.shift(timedelta(seconds=300))


bring_into: dict[str, Callable[[time_machine.Traveller], object]] = {
    "waiting": lambda clock: otp.ask(subject=EMAIL, purpose=RESET),
    "live": lambda clock: armed(),
    "exhausted": lambda clock: exhaust(),
    "exchanged": lambda clock: otp.exchange_for_ticket(otp.check(subject=EMAIL, ip=IP, purpose=RESET, code=armed())),
    "used": lambda clock: otp.consume(otp.check(subject=EMAIL, ip=IP, purpose=RESET, code=armed())),
    "expired": expire,
}


def reset_and_wait(visitor: Visitor, clock: time_machine.Traveller) -> tuple[int, str]:
    """A whole reset, then 13 minutes, so that five fit into an hour."""
    visitor.post("/auth/forgot-password", email=EMAIL)
    done = reset(visitor, code())
    clock.shift(timedelta(minutes=13))
    return done


IP = "192.0.2.1"
REFUSED = (422, "invalid_or_expired_otp")


def test_a_second_row_for_a_subject_and_purpose_is_refused_by_the_database(ada: User) -> None:
    otp.ask(subject=EMAIL, purpose=RESET)
    first = OneTimePassword.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_onetimepassword"
            " (id, subject, purpose, code_hash, ticket_hash, tries, created_at, expires_at, used_at)"
            " SELECT %s, subject, purpose, code_hash, ticket_hash, tries, created_at, expires_at, created_at"
            " FROM accounts_onetimepassword",
            [uuid7().hex],
        )

    assert OneTimePassword.objects.get() == first


def test_a_sixth_try_is_refused_by_the_database(ada: User) -> None:
    otp.ask(subject=EMAIL, purpose=RESET)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_onetimepassword SET tries = 6")

    assert OneTimePassword.objects.get().tries == 0


@pytest.mark.usefixtures("no_gap", "ada")
def test_asking_again_deletes_the_row_before_and_its_code_is_dead(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    first, first_code = OneTimePassword.objects.get(), code()

    again = visitor.post("/auth/forgot-password", email=EMAIL)

    assert again.status == 202
    second = OneTimePassword.objects.get()
    assert second.pk != first.pk
    assert not OneTimePassword.objects.filter(pk=first.pk).exists()
    assert reset(visitor, first_code) == REFUSED
    assert User.objects.get().check_password(PASSWORD)
    assert second.created_at >= first.created_at


@pytest.mark.usefixtures("no_gap", "ada")
def test_the_first_code_is_dead_also_after_the_second_was_mailed(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    first_code = code()
    visitor.post("/auth/forgot-password", email=EMAIL)
    second_code = code()

    assert first_code == second_code or reset(visitor, first_code) == REFUSED
    assert reset(visitor, second_code) == (200, "")


@pytest.mark.usefixtures("no_gap", "ada")
def test_what_was_asked_for_before_is_never_mailed_late(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    visitor.post("/auth/forgot-password", email=EMAIL)

    deliver()

    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("ada")
def test_a_code_lives_299_seconds(visitor: Visitor, clock: time_machine.Traveller) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    clock.shift(timedelta(seconds=299))

    assert reset(visitor, digits) == (200, "")


@pytest.mark.usefixtures("ada")
def test_a_code_is_dead_after_300_seconds(visitor: Visitor, clock: time_machine.Traveller) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    clock.shift(timedelta(seconds=300))

    assert reset(visitor, digits) == REFUSED
    assert User.objects.get().check_password(PASSWORD)
    assert OneTimePassword.objects.get().tries == 0


@pytest.mark.usefixtures("ada")
def test_the_five_minutes_run_from_the_asking_not_from_the_mail(
    visitor: Visitor, clock: time_machine.Traveller
) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    clock.shift(timedelta(seconds=299))
    digits = code()

    clock.shift(timedelta(seconds=1))

    assert reset(visitor, digits) == REFUSED
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.usefixtures("ada")
def test_a_mail_that_comes_too_late_is_not_written(visitor: Visitor, clock: time_machine.Traveller) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)

    clock.shift(timedelta(seconds=300))
    deliver()

    assert mail.outbox == []
    assert OneTimePassword.objects.get().code_hash == ""


@pytest.mark.usefixtures("ada")
def test_the_right_code_works_as_the_fifth_try(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    refused = [reset(visitor, wrong(digits)) for _ in range(4)]

    assert refused == [REFUSED] * 4
    assert reset(visitor, digits) == (200, "")


@pytest.mark.usefixtures("ada")
def test_after_five_wrong_tries_the_right_code_is_refused_too(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    refused = [reset(visitor, wrong(digits)) for _ in range(5)]

    assert refused == [REFUSED] * 5
    assert reset(visitor, digits) == REFUSED
    assert User.objects.get().check_password(PASSWORD)
    assert OneTimePassword.objects.get().tries == 5
    assert OneTimePassword.objects.get().state == "exhausted"


@pytest.mark.usefixtures("ada")
def test_a_code_works_once(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()
    reset(visitor, digits)

    again = reset(visitor, digits, new_password="third and last words")

    assert again == REFUSED
    assert User.objects.get().check_password(OTHER_PASSWORD)


@pytest.mark.parametrize("state", ["waiting", "live", "exhausted", "exchanged", "used", "expired"])
def test_whatever_state_a_code_is_in_a_try_is_one_update_of_its_row_and_one_look(
    state: str, clock: time_machine.Traveller, settings: Settings
) -> None:
    settings.SHOP = replace(settings.SHOP, limits={"otp-tries": "1000/60"})
    bring_into[state](clock)
    before = OneTimePassword.objects.get()

    with CaptureQueriesContext(connection) as asked, pytest.raises(InvalidOrExpiredOtp):
        otp.check(subject=EMAIL, ip=IP, purpose=RESET, code="not it")

    own = [each["sql"].split(" ")[0] for each in asked if "accounts_onetimepassword" in each["sql"]]
    after = OneTimePassword.objects.get()
    assert before.state == state
    assert own == ["UPDATE", "SELECT"]
    assert not [each["sql"] for each in asked if "FOR UPDATE" in each["sql"]]
    assert after.tries == before.tries + (state == "live")
    assert (after.last_try != before.last_try) is (state == "live")


@pytest.mark.usefixtures("ada")
def test_a_try_is_counted_and_stays_counted_when_the_answer_is_an_error(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    counted = [(reset(visitor, wrong(digits)), OneTimePassword.objects.get().tries) for _ in range(6)]

    assert counted == [(REFUSED, 1), (REFUSED, 2), (REFUSED, 3), (REFUSED, 4), (REFUSED, 5), (REFUSED, 5)]


@pytest.mark.usefixtures("ada")
def test_tries_before_the_mail_was_written_neither_count_nor_stop_the_mail(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)

    refused = [reset(visitor, "000000") for _ in range(6)]

    assert refused == [REFUSED] * 6
    assert OneTimePassword.objects.get().tries == 0
    assert reset(visitor, code()) == (200, "")


@pytest.mark.usefixtures("ada")
def test_when_a_mail_is_written_again_only_its_code_works_and_tries_stay_counted(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    row = OneTimePassword.objects.get()
    lost = otp.issue_code(row.pk)
    assert lost is not None
    reset(visitor, wrong(lost))

    second = otp.issue_code(row.pk)

    assert second is not None
    assert OneTimePassword.objects.get().tries == 1
    assert reset(visitor, second) == (200, "")


@pytest.mark.usefixtures("no_gap", "ada")
def test_twenty_wrong_codes_a_day_are_evaluated_over_all_codes(visitor: Visitor, clock: time_machine.Traveller) -> None:
    burnt = [burn_a_code(visitor) for _ in range(4)]
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    same_day = reset(visitor, digits)

    assert burnt == [[REFUSED] * 5] * 4
    assert same_day == REFUSED
    assert OneTimePassword.objects.get().used_at is None
    assert User.objects.get().check_password(PASSWORD)
    clock.shift(timedelta(days=1))
    visitor.post("/auth/forgot-password", email=EMAIL)
    assert reset(visitor, code()) == (200, "")


@pytest.mark.usefixtures("no_gap")
def test_the_twenty_of_a_day_are_counted_whatever_the_codes_are_for(me: Visitor, clock: time_machine.Traveller) -> None:
    burnt = [burn_a_code(me), burn_a_change(me), burn_a_code(me), burn_a_change(me)]
    clock.shift(timedelta(hours=1))
    me.post("/auth/forgot-password", email=EMAIL)
    to_reset = code()
    me.post("/me/change-email", new_email=UNKNOWN, current_password=PASSWORD)
    to_move = code()

    same_day = [reset(me, to_reset), confirm(me, to_move)]

    assert burnt == [[REFUSED] * 5] * 4
    assert same_day == [REFUSED] * 2
    assert list(OneTimePassword.objects.values_list("used_at", flat=True)) == [None, None]
    assert (User.objects.get().email, User.objects.get().check_password(PASSWORD)) == (EMAIL, True)
    clock.shift(timedelta(hours=23))
    Visitor().post("/auth/forgot-password", email=EMAIL)
    assert reset(Visitor(), code()) == (200, "")


@pytest.mark.usefixtures("no_gap", "ada", "clock")
def test_a_strangers_tries_never_make_the_owners_right_code_wrong(visitor: Visitor) -> None:
    stranger = Visitor(ip="198.51.100.7")
    burnt = [burn_a_code(stranger) for _ in range(4)]
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    theirs, owners = reset(stranger, digits), reset(visitor, digits)

    assert burnt == [[REFUSED] * 5] * 4
    assert (theirs, owners) == (REFUSED, (200, ""))
    assert User.objects.get().check_password(OTHER_PASSWORD)


@pytest.mark.usefixtures("ada", "clock")
def test_codes_are_longer_once_many_have_guessed(visitor: Visitor, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, limits={"otp-guessed": "5/86400", "otp-gap": "1/1"})
    before = armed()
    guessed = [reset(Visitor(ip="198.51.100.7"), wrong(before)) for _ in range(5)]

    digits = armed()

    assert (len(before), guessed, len(digits), digits.isdecimal()) == (6, [REFUSED] * 5, 8, True)
    assert reset(visitor, f" {digits[:4]}-{digits[4:]} ") == (200, "")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u0966"], ids=["full width", "Arabic", "Devanagari"])
def test_a_code_may_be_typed_in_the_digits_of_any_script(visitor: Visitor, zero: str) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) for digit in armed())

    assert reset(visitor, f"\ufeff{typed}\u200b") == (200, "")


@pytest.mark.usefixtures("ada", "clock")
def test_tries_without_a_code_do_not_use_up_the_day() -> None:
    before_any = [reset(Visitor(), "000000") for _ in range(25)]
    Visitor().post("/auth/forgot-password", email=EMAIL)
    before_the_mail = [reset(Visitor(), "000000") for _ in range(25)]
    digits = code()

    seen = reset(Visitor(), digits)

    assert before_any + before_the_mail == [REFUSED] * 50
    assert seen == (200, "")


@pytest.mark.usefixtures("ada", "no_gap", "clock")
def test_tries_of_a_code_that_is_used_up_do_not_use_up_the_day() -> None:
    burnt = [burn_a_code(Visitor()), [reset(Visitor(), "000000") for _ in range(25)]]
    Visitor().post("/auth/forgot-password", email=EMAIL)
    digits = code()

    seen = reset(Visitor(), digits)

    assert burnt == [[REFUSED] * 5, [REFUSED] * 25]
    assert seen == (200, "")


@pytest.mark.usefixtures("no_gap")
def test_wrong_codes_before_there_was_an_account_count_for_it(visitor: Visitor, clock: time_machine.Traveller) -> None:
    token = visitor.post("/auth/register", email=EMAIL, password=PASSWORD).data["registration_token"]
    digits = code()
    tried = [verify(visitor, wrong(digits), token) for _ in range(4)]
    verified = verify(visitor, digits, token)
    burnt = [burn_a_code(visitor) for _ in range(3)]
    clock.shift(timedelta(hours=1))
    visitor.post("/auth/forgot-password", email=EMAIL)
    last = code()

    twentieth, after = reset(visitor, wrong(last)), reset(visitor, last)

    assert (tried, verified, burnt) == ([REFUSED] * 4, (200, ""), [[REFUSED] * 5] * 3)
    assert (twentieth, after) == (REFUSED, REFUSED)
    assert OneTimePassword.objects.get(purpose=RESET).used_at is None
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.usefixtures("no_gap", "ada")
def test_right_codes_do_not_use_up_the_day(visitor: Visitor, clock: time_machine.Traveller) -> None:
    done = [reset_and_wait(visitor, clock) for _ in range(21)]

    assert done == [(200, "")] * 21


@pytest.mark.usefixtures("ada")
def test_a_code_may_be_copied_with_spaces(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    assert reset(visitor, f" {digits[:3]} {digits[3:]}\n") == (200, "")


@pytest.mark.usefixtures("ada")
def test_a_code_is_for_its_purpose_alone(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()

    with pytest.raises(InvalidOrExpiredOtp):
        otp.check(subject=EMAIL, ip=IP, purpose=OneTimePassword.Purpose.EMAIL_VERIFICATION, code=digits)

    assert OneTimePassword.objects.get().tries == 0
    assert reset(visitor, digits) == (200, "")


@pytest.mark.usefixtures("ada")
def test_a_code_is_for_its_address_alone(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    visitor.post("/auth/forgot-password", email=UNKNOWN)
    digits = code()

    seen = visitor.post("/auth/reset-password", email=UNKNOWN, otp=digits, new_password=OTHER_PASSWORD)

    assert seen.refusal == (422, "invalid_or_expired_otp", None)
    assert set(OneTimePassword.objects.values_list("tries", flat=True)) == {0}


@pytest.mark.usefixtures("ada")
def test_the_code_is_six_digits_of_which_only_a_keyed_hash_is_kept(visitor: Visitor, settings: Settings) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    digits = code()
    kept = OneTimePassword.objects.get().code_hash

    settings.SECRET_KEY = "another key " * 6

    assert len(digits) == 6
    assert len(kept) == 64
    assert reset(visitor, digits) == REFUSED
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.usefixtures("ada")
def test_a_mail_shows_one_code(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    deliver()

    assert len(mail.outbox) == 1
    assert len(codes_in(mail.outbox[0])) == 1
    assert mail.outbox[0].to == [EMAIL]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    "write",
    [
        lambda row: OneTimePassword.objects.create(subject=EMAIL, purpose=RESET),
        lambda row: OneTimePassword.objects.get_or_create(subject="x", purpose=RESET),
        lambda row: OneTimePassword.objects.update_or_create(subject=EMAIL, purpose=RESET),
        lambda row: OneTimePassword.objects.bulk_create([OneTimePassword(subject="x")]),
        lambda row: OneTimePassword.objects.bulk_update([row], ["tries"]),
        lambda row: OneTimePassword.objects.filter(pk=row.pk).update(tries=0),
        lambda row: OneTimePassword._default_manager.update(tries=0),
        lambda row: OneTimePassword._base_manager.filter(pk=row.pk).update(tries=0),
        lambda row: OneTimePassword(subject="x", purpose=RESET).save(),
        lambda row: row.save(),
        lambda row: row.save_base(raw=True),
    ],
)
def test_the_model_refuses_every_way_to_write(write: Any) -> None:
    otp.ask(subject=EMAIL, purpose=RESET)
    row = OneTimePassword.objects.get()

    with pytest.raises(NobodyWritesOneTimePasswords):
        write(row)

    assert list(OneTimePassword.objects.values()) == [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    ]


def test_there_are_no_permissions_to_add_or_change_one() -> None:
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__model="onetimepassword")

    assert set(permissions.values_list("codename", flat=True)) == {"view_onetimepassword", "delete_onetimepassword"}


def test_what_is_too_old_is_purged(clock: time_machine.Traveller) -> None:
    otp.ask(subject="old@example.com", purpose=RESET)
    clock.shift(timedelta(seconds=1))
    otp.ask(subject="new@example.com", purpose=RESET)

    clock.shift(timedelta(seconds=299))
    otp.purge()

    assert [row.subject for row in OneTimePassword.objects.all()] == ["new@example.com"]
