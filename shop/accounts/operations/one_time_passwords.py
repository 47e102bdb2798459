"""One-time passwords: the only code that writes them.

    ask         deletes what was asked for before and makes a new row, without a code     request
    issue_code  draws a random code, keeps a keyed hash, returns the code for the mail    job worker
    check       counts the attempt, then compares                                         request, commits even if wrong
    consume     uses it up, once

Each of the last three is one conditional UPDATE, so that concurrent requests can neither try more often nor use a code
twice.
The code is made where the mail is written: it is in no job's arguments, no log and no row. Whoever holds other rows too
takes these first, so that two operations of one account never wait for each other.
"""

import hmac
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Q, Value, When

from shop.accounts import limits as ours
from shop.accounts.errors import InvalidOrExpiredOtp
from shop.accounts.models.one_time_password import MOST_TRIES, OneTimePassword
from shop.kernel.ids import digest, secret, uuid7
from shop.platform import expiry, limits, metrics
from shop.platform.clock import now
from shop.platform.keys import keyed_hash

LIFE = timedelta(minutes=5)
DIGITS, MORE_DIGITS = 6, 8
MOST_CONCURRENT = 20

Purpose = OneTimePassword.Purpose


def _rows() -> "models.QuerySet[OneTimePassword]":
    """The table without the model's refusals."""
    return models.QuerySet(OneTimePassword)


def allow_asking(*subjects: str, purpose: str, ip: str) -> None:
    """One more code may be asked for. Raises TooManyRequests, known address or not, and then nothing has changed.

    The hour counts all purposes together: every code is a mail to the same person. The gap counts each for itself:
    whoever registers and reads that there is an account already asks for a new password at once.
    """
    gaps = [(ours.code_gap(), f"{purpose}:{subject}") for subject in subjects]
    hours = [(ours.CODES_PER_ADDRESS, subject) for subject in subjects]
    limits.hit_all([*gaps, *hours, (ours.CODES_PER_IP, ip)])


def ask(*, subject: str, purpose: str) -> UUID:
    """A row waits for its code; what was asked for before under this subject and purpose is gone. Five minutes run.

    Concurrent calls go one after the other: the constraint refuses the second row, and the loser deletes the winner's.
    Raises TooManyRequests after twenty of them.
    """
    for _ in range(MOST_CONCURRENT):
        try:
            with transaction.atomic():
                _rows().filter(subject=subject, purpose=purpose).delete()
                at = now()
                row = OneTimePassword(id=uuid7(), subject=subject, purpose=purpose, created_at=at, expires_at=at + LIFE)
                _rows().bulk_create([row])
        except IntegrityError:
            continue
        metrics.otp_issued(purpose)
        return row.id
    raise limits.TooManyRequests(ours.code_gap(), retry_after=1)


def issue_code(otp_id: UUID) -> str | None:
    """A new code for the mail, or None when the row is gone, used, exhausted or too old.

    Issuing again makes another code and leaves the attempts as they are.
    """
    row = _rows().filter(id=otp_id).first()
    if row is None:
        return None
    digits = _digits(row.subject)
    code = f"{secrets.randbelow(10**digits):0{digits}d}"
    return code if _rows().filter(_open(), id=otp_id).update(code_hash=_hash(row, code)) else None


def check(*, subject: str, purpose: str, code: str, ip: str, address: str | None = None) -> OneTimePassword:
    """The row whose code this is. The try is counted before the comparison, also when it fails.

    It counts on the very code that is compared: one that waits for its mail can't be used up before it exists. The
    day's tries are those of this client at the address, over all purposes, so that nobody else's make the owner's
    right code wrong; the address is the subject unless another is given. Raises InvalidOrExpiredOtp alike for wrong,
    old, used, exhausted and unknown codes.
    """
    whose = f"{address or subject}|{ip}"
    row, counted = _count_try(subject=subject, purpose=purpose)
    if not _within_the_day(whose if counted else f"nothing to compare|{whose}"):
        counted = False
    _count_guess(subject if counted else f"nothing to compare|{subject}")
    expected = row.code_hash if row else ""
    given = _hash(row, code) if row else keyed_hash(code, purpose="otp")
    if not hmac.compare_digest(expected, given) or not counted or row is None:
        raise wrong(purpose)
    limits.undo(_tally(), whose)
    limits.undo(ours.GUESSED_CODES, subject)
    return row


def _count_guess(subject: str) -> None:
    with suppress(limits.TooManyRequests):  # more than enough are counted
        limits.hit(ours.GUESSED_CODES, subject)


def _digits(subject: str) -> int:
    """How long a code is: longer once many have guessed at the subject's codes within a day."""
    try:
        limits.test([(ours.GUESSED_CODES, subject)])
    except limits.TooManyRequests:
        return MORE_DIGITS
    return DIGITS


def _within_the_day(subject: str) -> bool:
    """Whether this try is one of the day's, which it is counted for.

    Only tries of a code that can be compared may use up the day, or anybody could use it up who knows the address. The
    others are counted elsewhere, and none is left uncounted when the day is over: the same statement writes a row each
    time, so that nothing tells whose code is live.
    """
    day = limits.in_force(ours.WRONG_CODES)
    try:
        usage = limits.hit(_tally(), subject)
    except limits.TooManyRequests:  # the settings gave the tally an end
        return False
    return day is None or not day.window_seconds or usage.quota - usage.remaining <= day.quota


def _tally() -> limits.Policy:
    """The day of WRONG_CODES, as the settings say, without an end to its counting."""
    day = limits.in_force(ours.WRONG_CODES) or ours.WRONG_CODES
    return replace(ours.CODES_TRIED, window_seconds=day.window_seconds)


@transaction.atomic
def _count_try(*, subject: str, purpose: str) -> tuple[OneTimePassword | None, bool]:
    """The row, and whether its code may be compared: then that is counted.

    One UPDATE decides and counts, and holds the row until it is read. The mark tells whose try it counted: after the
    fifth and after a refused sixth the number is the same.

    The row is written either way. A commit that has written takes longer than one that has not, and only the code of
    an account is ever mailed: the time would tell who has one.
    """
    asked, may, mark = _rows().filter(subject=subject, purpose=purpose), _open() & ~Q(code_hash=""), uuid7()
    asked.update(
        tries=F("tries") + Case(When(may, then=1), default=0),
        last_try=Case(When(may, then=Value(mark)), default=F("last_try")),
    )
    row = asked.first()
    return row, row is not None and row.last_try == mark


def refund_attempt(row: OneTimePassword) -> None:
    """Do not count the last attempt: the code was right, and what came with it was refused."""
    _rows().filter(id=row.id, code_hash=row.code_hash, tries__gt=0).update(tries=F("tries") - 1)


def consume(row: OneTimePassword) -> None:
    """The code is used up. Raises InvalidOrExpiredOtp when a concurrent request used it or it has expired."""
    used = (
        _live(subject=row.subject, purpose=row.purpose)
        .filter(id=row.id, code_hash=row.code_hash, ticket_hash=row.ticket_hash)
        .update(used_at=now())
    )
    if not used:
        raise wrong(row.purpose)


def exchange_for_ticket(row: OneTimePassword) -> str:
    """Return a ticket for the second screen in place of the code, for the rest of its five minutes. Once."""
    ticket = secret("srp")
    exchanged = (
        _live(subject=row.subject, purpose=row.purpose)
        .filter(id=row.id, code_hash=row.code_hash, ticket_hash="")
        .update(code_hash="", ticket_hash=digest(ticket))
    )
    if not exchanged:
        raise wrong(row.purpose)
    return ticket


def by_ticket(ticket: str, *, purpose: str) -> OneTimePassword:
    """The row that was exchanged for this ticket. Raises InvalidOrExpiredOtp."""
    row = _rows().filter(purpose=purpose, ticket_hash=digest(ticket), used_at=None, expires_at__gt=now()).first()
    if row is None:
        raise wrong(purpose)
    return row


def forget(*, subjects: list[str]) -> None:
    """Nothing that was asked for under these subjects is left."""
    _rows().filter(subject__in=subjects).delete()


def purge() -> None:
    """What is too old is gone."""
    expiry.purge(_rows().filter(expires_at__lte=now()))


def wrong(purpose: str) -> InvalidOrExpiredOtp:
    """The one refusal for whatever a code can be refused for, counted."""
    metrics.otp_failed(purpose)
    return InvalidOrExpiredOtp()


def _open() -> Q:
    """Neither used, exchanged, exhausted nor too old."""
    return Q(tries__lt=MOST_TRIES, used_at=None, ticket_hash="", expires_at__gt=now())


def _live(*, subject: str, purpose: str) -> Any:
    return _rows().filter(subject=subject, purpose=purpose, used_at=None, expires_at__gt=now())


def _hash(row: OneTimePassword, code: str) -> str:
    return keyed_hash(f"{row.id}:{row.purpose}:{row.subject}:{code}", purpose="otp")
