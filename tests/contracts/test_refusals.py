"""Every refusal that the document declares for an operation can really be got, with that status."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from pytest_django import Settings

from shop.accounts.models import Address, User
from shop.platform.http.fields import FIELD_SENTENCES
from shop.platform.models import IdempotencyRecord
from tests.contracts.callers import ANONYMOUS, Request, able, caller, good
from tests.contracts.operation_case import OperationCase
from tests.contracts.operations import Operation, operations
from tests.contracts.refusal_cases import UNREACHED, WAYS_OF_SHOPPING
from tests.contracts.test_envelope import FAILURES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_shop")]


def too_often(case: OperationCase) -> Request:
    request = case.good
    case.settings.SHOP = replace(case.settings.SHOP, limits_on=True, limits=dict.fromkeys(POLICIES, "0/60"))
    return request


POLICIES = ("auth-ip", "login", "carts", "cart-writes", "cart-reads", "complete", "codes-ip", "declines-ip")


def killed_with_a_key(case: OperationCase) -> Request:
    """As a process leaves it that was killed after it had claimed the key: nothing is written any more."""
    request = case.good.saying(Idempotency_Key="once")
    with connection.execute_wrapper(Killed()):
        request.answer(case.client)
    transaction.set_rollback(False)  # the test's own, which Django now takes for broken
    return request


class Killed:
    """Lets everything pass until a key is claimed, then reads alone. The key is not given back either."""

    claimed = False

    def __call__(self, execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        about_keys = IdempotencyRecord._meta.db_table in sql
        if self.claimed and sql.startswith("DELETE") and about_keys:
            return None
        if self.claimed and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("killed")
        self.claimed = self.claimed or about_keys
        return execute(sql, params, many, context)


def same_key_for_another_body(case: OperationCase) -> Request:
    request = killed_with_a_key(case)
    if not request.body:  # then another row says something else
        return replace(request, path=case.guests.path)
    changed = {name: f"x{value}" for name, value in json.loads(request.body).items() if name in FREE_TEXTS}
    return request.sending(json.loads(request.body) | changed | ADDITIONS.get(case.operation.id, {}))


FREE_TEXTS = ("city", "otp", "new_email", "code", "reason")
ADDITIONS: Mapping[str, Mapping[str, object]] = {
    "createCart": {"note": "Please ring."},
    "addLines": {"quantity": 2},
    "completeCart": {"payment": {"method": "manual"}},
}


def without_credentials(case: OperationCase) -> Request:
    return good(case.operation, ANONYMOUS).sending({})


def as_staff(case: OperationCase) -> Request:
    return good(case.operation, caller("clerk@example.com", is_staff=True))


def as_customer(case: OperationCase) -> Request:
    return good(case.operation, caller("bob@example.com"))


def not_verified(case: OperationCase) -> Request:
    User.objects.update(email_verified_at=None)
    return case.good


def full_book(case: OperationCase) -> Request:
    Address.objects.bulk_create(Address(user=case.ada.user, line1="Friedrichstr. 43", country="DE") for _ in range(50))
    return case.good


WAYS: Mapping[str, Callable[[OperationCase], Request]] = {
    "rate_limited": too_often,
    "invalid_cursor": lambda case: replace(case.good, query="cursor=of.another.list"),
    "invalid_header": lambda case: case.good.saying(If_Match="no tag", X_Order_Token="x" * 201),
    "precondition_failed": lambda case: case.good.saying(If_Match='"of.1"'),
    "invalid_idempotency_key": lambda case: case.good.saying(Idempotency_Key="no " + "key" * 100),
    "weak_idempotency_key": lambda case: case.by_a_guest.saying(Idempotency_Key="x" * 21),
    "idempotency_key_reused": same_key_for_another_body,
    "idempotency_in_flight": killed_with_a_key,
    "not_authenticated": without_credentials,
    "invalid_or_expired_otp": lambda case: case.with_fields(otp="no code"),
    "weak_password": lambda case: case.with_fields(password="password123", new_password="password123"),
    "wrong_password": lambda case: case.with_fields(current_password="not this one"),
    "invalid_credentials": lambda case: case.with_fields(password="not this one"),
    "invalid_refresh_token": lambda case: case.with_fields(refresh_token="srt_of_nobody"),
    "email_not_verified": not_verified,
    "staff_account": as_staff,
    "forbidden": as_customer,
    "too_many_addresses": full_book,
    **WAYS_OF_SHOPPING,
}
"""How each refusal is got that test_envelope does not get already."""

ALREADY = {
    (operation.id, "invalid" if failure.code in FIELD_SENTENCES else failure.code)
    for operation in operations()
    for failure in FAILURES
    if failure.on(operation) and failure.name != "unknown url"  # which is no refusal of the operation
}
DECLARED = [
    pytest.param(operation, int(status), code, id=f"{operation}-{code}")
    for operation in operations()
    for status in operation.said["responses"]
    for code in sorted(operation.codes(int(status)))
    if (operation.id, code) not in ALREADY | UNREACHED.keys()
]


@pytest.mark.parametrize(("operation", "status", "code"), DECLARED)
def test_every_declared_refusal_can_be_got(
    client: Client, settings: Settings, operation: Operation, status: int, code: str
) -> None:
    request = WAYS[code](OperationCase(operation, able(operation), client, settings))

    response = request.answer(client)

    assert (response.status_code, [error["code"] for error in json.loads(response.content)["errors"]]) == (
        status,
        [code],
    )


TAGGED = [operation for operation in operations() if "304" in operation.said["responses"]]


@pytest.mark.parametrize("operation", TAGGED, ids=str)
def test_who_has_this_version_is_not_sent_it_again(client: Client, operation: Operation) -> None:
    request = good(operation, able(operation))
    tag = request.answer(client)["ETag"]

    response = request.saying(If_None_Match=f'"another", {tag}').answer(client)

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
