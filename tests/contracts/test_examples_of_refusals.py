"""The example of every refusal is what the shop answers: with the field and the facts that it really has."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client
from pytest_django import Settings

from tests.contracts.callers import Request, able
from tests.contracts.conformance import PLANTED
from tests.contracts.examples import RECORDING, shown
from tests.contracts.operation_case import OperationCase
from tests.contracts.operations import Operation, operations
from tests.contracts.refusal_cases import UNREACHED
from tests.contracts.test_envelope import FAILURES, answer
from tests.contracts.test_refusals import WAYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_shop")]

FILE: Final = Path(__file__).resolve().parents[2] / "shop/project/refused.json"

SHOWN_AT: Final = {
    "discount_code_refused": "addCode",
    "idempotency_key_reused": "createAddress",
    "idempotency_in_flight": "createAddress",
    "insufficient_stock": "addLines",
    "invalid": "createAddress",
    "invalid_header": "updateMe",
    "invalid_parameter": "listProducts",
    "duplicate_parameter": "listProducts",
    "invalid_token": "getMe",
    "not_found": "getProduct",
    "rate_limited": "login",
    "unknown_parameter": "listProducts",
    "weak_password": "register",
}
"""Where a refusal is shown that several operations have; else it is the first of them."""

OWN_WAYS: Final[dict[str, Callable[[OperationCase], Request]]] = {"invalid": lambda case: case.good.sending({})}


def places() -> dict[str, Operation]:
    """Each code that an operation declares, and the operation at which it is got."""
    found: dict[str, Operation] = {}
    for operation in operations():
        for code in operation.codes_of_all():
            if (operation.id, code) not in UNREACHED and SHOWN_AT.get(code, operation.id) == operation.id:
                found.setdefault(code, operation)
    return dict(sorted(found.items()))


def refused(code: str, at: OperationCase) -> Any:
    """The answer that says no with this code, as it is shown."""
    way = OWN_WAYS.get(code) or WAYS.get(code)
    if way is not None:
        response = way(at).answer(at.client)
    else:
        failure = next(each for each in FAILURES if each.code == code and each.on(at.operation))
        response = answer(at.client, failure, at.good.saying(X_Request_Id=PLANTED + "0001"))
    return shown(json.loads(response.content))


def kept() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text())) if FILE.exists() else {}


def keep(code: str, found: Any) -> None:
    """The answer is in the file, with the codes in their order; nothing changes while not recording."""
    if RECORDING in os.environ:
        FILE.write_text(json.dumps(dict(sorted({**kept(), code: found}.items())), indent=1, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("code", places())
def test_the_example_of_a_refusal_is_what_the_shop_answers(client: Client, settings: Settings, code: str) -> None:
    operation = places()[code]
    ada = able(operation, first_name="Ada", last_name="Lovelace")

    found = refused(code, OperationCase(operation, ada, client, settings))

    keep(code, found)
    assert found["success"] is False
    assert code in ("invalid", *(each["code"] for each in found["errors"]))
    assert kept().get(code) == found, "Run make openapi, and read the difference."


def test_nothing_is_kept_that_no_operation_declares() -> None:
    assert kept().keys() == places().keys()
