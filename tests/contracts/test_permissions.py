"""Every operation, played by everybody: what is answered, and that nothing changed where it was a no."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from django.test import Client

from tests.contracts.callers import (
    ANONYMOUS,
    Caller,
    belongings,
    caller,
    capability,
    everything,
    good,
    permissions_of,
    staff_tokens,
)
from tests.contracts.operations import Operation, operations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_shop")]

OK = (0, "")
SIGN_IN, NOT_ALLOWED, NOTHING_THERE = (401, "not_authenticated"), (403, "forbidden"), (404, "not_found")

TABLE: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "anybody's": dict.fromkeys(["nobody", "customer", "other", "clerk", "expert", "superuser"], OK),
    "one's own": {"nobody": SIGN_IN} | dict.fromkeys(["customer", "other", "clerk", "expert", "superuser"], OK),
    "a customer's row": {"nobody": SIGN_IN, "customer": OK}
    | dict.fromkeys(["other", "clerk", "expert", "superuser"], NOTHING_THERE),
    "a customer's behind a capability": {"customer": OK}
    | dict.fromkeys(["nobody", "other", "clerk", "expert", "superuser"], NOTHING_THERE),
    "a guest's": dict.fromkeys(["nobody", "customer", "other", "clerk", "expert", "superuser"], OK),
    "a guest's, for customers": {"nobody": SIGN_IN}
    | dict.fromkeys(["customer", "other", "clerk", "expert", "superuser"], OK),
    "staff's": {"nobody": SIGN_IN, "customer": NOT_ALLOWED, "other": NOT_ALLOWED, "shopping superuser": NOT_ALLOWED}
    | dict.fromkeys(["clerk", "expert", "superuser"], OK),
    "an expert's": {"nobody": SIGN_IN, "expert": OK, "superuser": OK}
    | dict.fromkeys(["customer", "other", "clerk", "shopping superuser"], NOT_ALLOWED),
}
"""Whose an operation is, who calls it, what follows. The row in its path is the customer's, or a guest's."""

STAFF = ("clerk", "expert", "superuser")

EXCEPT: Mapping[tuple[str, str], tuple[int, str]] = {
    (operation, part): answer
    for part in STAFF
    for operation, answer in {
        "closeMe": (409, "staff_account"),
        "changeEmail": (409, "staff_account"),
        "confirmEmail": (422, "invalid_or_expired_otp"),
    }.items()
}
"""Staff can neither close nor re-address itself, so that nobody is left without a superuser by mistake."""


def whose(operation: Operation) -> list[str]:
    """The kinds of the operation: one, or two where the row in its path can be a customer's or a guest's."""
    if operation.permission:
        return ["an expert's"]
    if "forbidden" in operation.codes(403):
        return ["staff's"]
    if capability(operation) and operation.is_public:
        return ["a customer's behind a capability", "a guest's"]
    if capability(operation):
        return ["a customer's row", "a guest's, for customers"]
    if operation.is_public:
        return ["anybody's"]
    return ["a customer's row" if operation.names("path") else "one's own"]


def of(kind: str, ada: Caller) -> Caller:
    """Whose the row in the path is."""
    return ANONYMOUS if kind.startswith("a guest's") else ada


def staff(operation: Operation) -> Caller:
    """Somebody of the staff who may do this and nothing else."""
    found = caller("expert@example.com", is_staff=True)
    assert found.user is not None
    found.user.user_permissions.set(permissions_of(operation.permission) if operation.permission else [])
    return found


ALIKE = ("clerk", "expert")
"""Where all of the staff are answered alike, the default run asks as the superuser alone."""

PARTS: Mapping[str, Callable[[Operation, Caller], Caller]] = {
    "nobody": lambda operation, ada: ANONYMOUS,
    "customer": lambda operation, ada: ada,
    "other": lambda operation, ada: caller("bob@example.com"),
    "clerk": lambda operation, ada: caller("clerk@example.com", is_staff=True),
    "expert": lambda operation, ada: staff(operation),
    "superuser": lambda operation, ada: caller("root@example.com", is_staff=True, is_superuser=True),
    "shopping superuser": lambda operation, ada: replace(
        caller("root@example.com", is_staff=True, is_superuser=True), only_shops=True
    ),
}

PLAYED = [
    pytest.param(
        operation,
        kind,
        part,
        EXCEPT.get((operation.id, part), answer),
        id=f"{operation}-{kind}-{part}",
        marks=[pytest.mark.exhaustive] if part in ALIKE and {answer} == {TABLE[kind][each] for each in STAFF} else [],
    )
    for operation in operations()
    for kind in whose(operation)
    for part, answer in TABLE[kind].items()
]
OPEN = ("anybody's", "a guest's", "a guest's, for customers")
"""Whoever calls these may change what the customer has: the example names her address, or the cart is anybody's."""


@pytest.fixture
def ada() -> Caller:
    return caller("ada@example.com")


def spared(ada: Caller, kind: str, part: str, answer: tuple[int, str]) -> object:
    """The rows that must be the same afterwards: all of them after a no, the customer's after another's yes."""
    if answer != OK:
        return everything()
    assert ada.user is not None
    return belongings(ada.user) if part != "customer" and kind not in OPEN else None


@pytest.mark.parametrize(("operation", "kind", "part", "answer"), PLAYED)
def test_everybody_gets_the_answer_that_is_theirs_and_changes_nothing_of_others(
    client: Client, ada: Caller, operation: Operation, kind: str, part: str, answer: tuple[int, str]
) -> None:
    request = good(operation, PARTS[part](operation, ada), of=of(kind, ada))
    before = spared(ada, kind, part, answer)

    response = request.answer(client)

    codes = [error["code"] for error in json.loads(response.content)["errors"]]
    assert (response.status_code, codes) == ((answer[0], [answer[1]]) if answer != OK else (operation.success, []))
    assert spared(ada, kind, part, answer) == before


KEYED = [operation for operation in operations() if "X-Order-Token" in operation.names("header")]


@pytest.mark.parametrize("token", [None, "", "sot_of_another_order"])
@pytest.mark.parametrize("operation", KEYED, ids=str)
def test_a_guests_order_is_there_only_for_who_has_its_token(
    client: Client, ada: Caller, operation: Operation, token: str | None
) -> None:
    request = good(operation, ada, of=ANONYMOUS)
    others = {name: said for name, said in request.headers.items() if name != "X-Order-Token"}
    before = everything()

    response = replace(request, headers=others | ({} if token is None else {"X-Order-Token": token})).answer(client)

    assert response.status_code == 404
    assert everything() == before


def test_what_a_yes_changes_is_seen(client: Client, ada: Caller) -> None:
    assert ada.user is not None
    request = good(next(each for each in operations() if each.id == "createAddress"), ada)
    before = everything(), belongings(ada.user)

    request.answer(client)

    assert everything()["accounts.Address"] != before[0]["accounts.Address"]
    assert belongings(ada.user)["accounts.Address.user"] != before[1]["accounts.Address.user"]


STOREFRONT = [operation for operation in operations() if not operation.is_admin]


@pytest.mark.parametrize("operation", STOREFRONT, ids=str)
def test_a_staff_token_opens_nothing_but_the_admin_api(client: Client, ada: Caller, operation: Operation) -> None:
    root = caller("root@example.com", is_staff=True, is_superuser=True)
    assert root.user is not None
    request = good(operation, ada).saying(Authorization=f"Bearer {staff_tokens(root.user).access_token}")
    before = everything()

    response = request.answer(client)

    assert (response.status_code, json.loads(response.content)["errors"][0]["code"]) == (401, "invalid_token")
    assert everything() == before
