import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import Settings

from shop.platform.idempotency import (
    BadIdempotencyKey,
    IdempotencyInFlight,
    IdempotencyKeyReused,
    Lease,
    LeaseLost,
    MissingIdempotencyKey,
    Replay,
    acquire,
    burns,
    fingerprint,
    key_from_header,
)
from shop.platform.models import IdempotencyRecord, LimitCounter

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)
BODY = fingerprint("complete_cart", {"expected_total": 1999})
OTHER_BODY = fingerprint("complete_cart", {"expected_total": 1})


def ask(key: str = "key-1", scope: str = "user:1:complete_cart", body: bytes = BODY) -> Lease | Replay:
    return acquire(scope=scope, key=key, fingerprint=body)


def granted(key: str = "key-1", scope: str = "user:1:complete_cart", body: bytes = BODY) -> Lease:
    given = ask(key, scope, body)
    assert isinstance(given, Lease)
    return given


def effect_and_answer(given: Lease, *, failing: bool) -> None:
    with transaction.atomic():
        LimitCounter.objects.create(subject="effect", used=1, ends_at=0)
        given.finish(201, {}, b"said")
        if failing:
            raise DatabaseError


@pytest.mark.django_db
def test_the_first_request_with_a_key_may_run() -> None:
    given = granted()

    assert given.resumes is False
    assert IdempotencyRecord.objects.get().state == "in_flight"


@pytest.mark.django_db
def test_a_finished_key_gives_the_same_answer_again() -> None:
    granted().finish(201, {"Location": "/orders/ord_1", "ETag": '"é"'}, b'{"total":\n1999}\x00')

    assert ask() == Replay(201, {"Location": "/orders/ord_1", "ETag": '"é"'}, b'{"total":\n1999}\x00')
    assert ask() == ask()


@pytest.mark.django_db
def test_while_one_runs_another_is_told_how_long_to_wait() -> None:
    with time_machine.travel(AT, tick=False):
        granted()

    with time_machine.travel(AT + timedelta(seconds=10.5), tick=False), pytest.raises(IdempotencyInFlight) as refused:
        ask()

    assert refused.value.code == "idempotency_in_flight"
    assert refused.value.retry_after == 20
    assert IdempotencyRecord.objects.get().lease_until == AT + timedelta(seconds=30)


@pytest.mark.django_db
@pytest.mark.parametrize("afterwards", [Lease.renew, partial(Lease.finish, status=200, headers={}, body=b"first")])
def test_a_key_with_another_body_is_refused_running_or_done(afterwards: Callable[[Lease], None]) -> None:
    afterwards(granted())
    before = IdempotencyRecord.objects.values().get()

    with pytest.raises(IdempotencyKeyReused) as refused:
        ask(body=OTHER_BODY)

    assert refused.value.code == "idempotency_key_reused"
    assert refused.value.problem.field == "Idempotency-Key"
    assert IdempotencyRecord.objects.values().get() == before


@pytest.mark.django_db
def test_another_scope_or_key_is_another_request() -> None:
    granted()

    granted(scope="user:2:complete_cart")
    granted(key="key-2")

    assert IdempotencyRecord.objects.count() == 3


@pytest.mark.django_db
def test_a_lease_that_ended_is_taken_over_and_the_first_owner_can_do_nothing_more() -> None:
    with time_machine.travel(AT, tick=False):
        dead = granted()

    with time_machine.travel(AT + timedelta(seconds=30), tick=False):
        heir = granted()
        with pytest.raises(LeaseLost):
            dead.finish(201, {}, b"of the dead")
        with pytest.raises(LeaseLost):
            dead.renew()
        with pytest.raises(LeaseLost):
            dead.leave()
        dead.release()
        heir.finish(201, {}, b"of the heir")

        assert heir.resumes is True
        assert ask() == Replay(201, {}, b"of the heir")


@pytest.mark.django_db
def test_a_lost_claim_tells_the_client_to_repeat() -> None:
    with time_machine.travel(AT, tick=False):
        dead = granted()
    with time_machine.travel(AT + timedelta(seconds=30), tick=False):
        granted()

    with pytest.raises(IdempotencyInFlight) as refused:
        dead.finish(201, {}, b"")

    assert refused.value.code == "idempotency_in_flight"
    assert refused.value.retry_after == 1


@pytest.mark.django_db
def test_a_renewed_lease_is_not_taken_over() -> None:
    with time_machine.travel(AT, tick=False):
        given = granted()
    with time_machine.travel(AT + timedelta(seconds=29), tick=False):
        given.renew()

    with time_machine.travel(AT + timedelta(seconds=58), tick=False), pytest.raises(IdempotencyInFlight) as refused:
        ask()

    assert refused.value.retry_after == 1


@pytest.mark.django_db
def test_a_released_key_is_free_for_any_body() -> None:
    granted().release()

    assert IdempotencyRecord.objects.count() == 0
    assert granted(body=OTHER_BODY).resumes is False


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_left_is_free_if_its_transaction_commits() -> None:
    given = granted()
    with transaction.atomic():
        given.leave()
        transaction.set_rollback(True)
    with pytest.raises(IdempotencyInFlight):
        ask()

    with transaction.atomic():
        given.leave()

    assert granted(body=OTHER_BODY).resumes is False


@pytest.mark.django_db
def test_a_finished_key_is_not_released() -> None:
    given = granted()
    given.finish(200, {}, b"")

    given.release()

    assert ask() == Replay(200, {}, b"")


@pytest.mark.django_db
def test_a_key_is_kept_for_two_days_and_free_afterwards() -> None:
    with time_machine.travel(AT, tick=False):
        granted().finish(200, {}, b"old")
    with time_machine.travel(AT + timedelta(hours=47, minutes=59), tick=False):
        late = ask()
    with time_machine.travel(AT + timedelta(hours=48), tick=False):
        anew = granted(body=OTHER_BODY)

    assert late == Replay(200, {}, b"old")
    assert anew.resumes is False


@pytest.mark.django_db
def test_nothing_that_a_client_sent_or_got_is_stored_in_clear() -> None:
    granted(key="my-own-key", scope="guest:crt_capability").finish(
        200, {"Location": "crt_capability"}, b"token sat_secret"
    )

    stored = repr(IdempotencyRecord.objects.values_list().get()) + repr(bytes(_answer()))
    assert "my-own-key" not in stored
    assert "crt_capability" not in stored
    assert "secret" not in stored
    assert BODY.hex() not in stored


@pytest.mark.django_db
def test_equal_answers_are_not_stored_equally() -> None:
    granted(key="key-1").finish(200, {}, b"same")
    granted(key="key-2").finish(200, {}, b"same")

    assert IdempotencyRecord.objects.values("answer").distinct().count() == 2


@pytest.mark.django_db
def test_a_retry_across_a_change_of_the_secret_key_is_a_retry(settings: Settings) -> None:
    granted().finish(201, {}, b"before")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]

    with pytest.raises(IdempotencyKeyReused):
        ask(body=OTHER_BODY)

    assert ask() == Replay(201, {}, b"before")
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_effect_and_answer_commit_together_or_not_at_all() -> None:
    given = granted()

    with pytest.raises(DatabaseError):
        effect_and_answer(given, failing=True)

    assert LimitCounter.objects.count() == 0
    assert IdempotencyRecord.objects.get().state == "in_flight"


@pytest.mark.django_db(transaction=True)
def test_whoever_lost_the_claim_leaves_no_effect() -> None:
    with time_machine.travel(AT, tick=False):
        dead = granted()
    with time_machine.travel(AT + timedelta(seconds=30), tick=False):
        heir = granted()

    with pytest.raises(LeaseLost):
        effect_and_answer(dead, failing=False)

    assert LimitCounter.objects.count() == 0
    assert IdempotencyRecord.objects.get().owner == heir.owner


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_can_be_claimed() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        ask()

    assert IdempotencyRecord.objects.count() == 0


@pytest.mark.django_db
def test_a_long_answer_is_stored_compressed_and_comes_back_word_for_word() -> None:
    body = b'{"line": "a mug", "total": 1999}' * 10_000

    granted().finish(201, {"ETag": '"crt_1.3"'}, body, reference="crt_1")

    assert ask() == Replay(201, {"ETag": '"crt_1.3"'}, body)
    assert len(_answer()) < 4_000


@pytest.mark.django_db
def test_of_an_answer_that_is_too_large_only_what_it_was_about_is_stored() -> None:
    granted().finish(201, {"ETag": '"crt_1.3"'}, secrets.token_bytes(100_000), reference="crt_1")

    assert ask() == Replay(201, {"ETag": '"crt_1.3"'}, b"", reference="crt_1")
    assert len(_answer()) < 200


@pytest.mark.django_db
def test_an_answer_that_no_reference_stands_for_is_stored_whole() -> None:
    body = secrets.token_bytes(100_000)

    granted().finish(200, {}, body)

    assert ask() == Replay(200, {}, body)


@pytest.mark.django_db
def test_the_database_refuses_an_answer_without_a_status() -> None:
    granted()

    with pytest.raises(IntegrityError, match="idempotency_record_done_has_an_answer"), transaction.atomic():
        IdempotencyRecord.objects.update(state="done", answer=b"half")

    assert IdempotencyRecord.objects.get().state == "in_flight"


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1.0}, {"a": 1}),
        ([1e2, -0.0], [100, 0]),
        ({"a": {"c": [2.0], "b": None}}, {"a": {"b": None, "c": [2]}}),
        (None, None),
    ],
)
def test_equal_json_has_an_equal_fingerprint(one: object, same: object) -> None:
    assert fingerprint("op", one) == fingerprint("op", same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [2, 1]),
        ({"a": None}, {}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": 1.5}, {"a": 1}),
        ({"a": "é"}, {"a": "e\u0301"}),
        (None, {}),
    ],
)
def test_different_json_has_another_fingerprint(one: object, other: object) -> None:
    assert fingerprint("op", one) != fingerprint("op", other)


def test_the_operation_is_part_of_the_fingerprint() -> None:
    assert fingerprint("refund", {}) != fingerprint("capture", {})


def test_a_lone_surrogate_does_not_break_a_fingerprint() -> None:
    assert fingerprint("op", "\ud800") != fingerprint("op", "\ud801")


@pytest.mark.parametrize("status", [200, 201, 301, 400, 401, 402, 403, 404, 409, 412, 428])
def test_an_answer_burns_the_key(status: int) -> None:
    assert burns(status) is True


@pytest.mark.parametrize("status", [202, 422, 429, 500, 502, 503, 504])
def test_what_may_be_tried_again_does_not_burn_the_key(status: int) -> None:
    assert burns(status) is False


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        (' "abc"\t', "abc"),
        ('"a b"', "a b"),
        ("a b", "a b"),
        (r'"a\"b\\c"', r"a\"b\c".replace(r"\"", '"')),
        (r"a\b", r"a\b"),
        ('"a,b"', "a,b"),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("k" * 255, "k" * 255),
        ('"' + r"\\" * 255 + '"', "\\" * 255),
    ],
)
def test_a_key_is_read_quoted_or_not(header: str, key: str) -> None:
    assert key_from_header(header) == key


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        '""',
        '"',
        '"abc',
        '"a"b"',
        r'"a\b"',
        '"abc";p=1',
        "a,b",
        '"a","b"',
        "a, a",
        ",",
        "é",
        "a\tb",
        "a\x00b",
        "a\x7f",
        "k" * 256,
        '"é"',
    ],
)
def test_a_key_that_is_none_is_refused(header: str) -> None:
    with pytest.raises(BadIdempotencyKey) as refused:
        key_from_header(header)

    assert refused.value.code == "invalid_idempotency_key"
    assert refused.value.problem.field == "Idempotency-Key"


def test_a_missing_key_has_a_code_of_its_own() -> None:
    assert MissingIdempotencyKey().code == "idempotency_key_required"
    assert MissingIdempotencyKey().problem.field == "Idempotency-Key"


def _answer() -> bytes:
    answer = IdempotencyRecord.objects.get().answer
    assert answer is not None
    return bytes(answer)
