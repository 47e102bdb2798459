"""A guest's order is opened by its token, also where the answer is one that was given before."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail

from shop.catalog.models import Variant
from shop.orders.models import Order
from shop.platform import worker
from shop.platform.http.spec import Spec
from shop.platform.models import IdempotencyRecord
from shop.project.api import ROUTERS
from tests.accounts.visitor import Seen, Visitor, account, codes_in, login
from tests.checkout.storefront_client import shopper

NOT_FOUND = (404, "not_found")
ROUTES = {
    spec.id: spec for router in ROUTERS for spec in router.specs if spec.credentials and spec.idempotency != "none"
}


@pytest.fixture
def placed(mug: Variant) -> Seen:
    """A guest's order that waits for its transfer."""
    return shopper(mug).ready().complete("", method="manual")


def body(spec: Spec) -> dict[str, Any]:
    """What the route is sent so that it does what it is for."""
    if spec.id != "confirmOrderEmail":
        return {}
    worker.drain()
    return {"otp": codes_in(mail.outbox[-1])[0]}


def answer(seen: Seen) -> tuple[int, str]:
    return seen.status, seen.code


def test_these_routes_are_all_that_take_a_second_credential() -> None:
    assert set(ROUTES) == {"cancelOrder", "confirmOrderEmail", "resendOrderConfirmation"}


@pytest.mark.parametrize("name", ["cancelOrder", "confirmOrderEmail"])
def test_a_strangers_repetition_of_a_guests_call_is_not_answered(placed: Seen, name: str) -> None:
    spec = ROUTES[name]
    path = spec.path.format(order_id=placed.data["id"])
    sent = body(spec)
    guest = Visitor(headers={"X-Order-Token": placed.data["order_token"], "Idempotency-Key": "1"})
    done = guest.post(path, **sent)
    before = Order.objects.values().get()
    others = [
        {},
        {"X-Order-Token": ""},
        {"X-Order-Token": "wrong"},
        {"X-Order-Token": placed.data["order_token"] + "x"},
    ]

    strangers = [Visitor(headers={**each, "Idempotency-Key": "1"}).post(path, **sent) for each in others]
    account()
    somebody = login(Visitor(headers={"Idempotency-Key": "1"})).post(path, **sent)
    again = guest.post(path, **sent)

    assert [answer(each) for each in [*strangers, somebody]] == [NOT_FOUND] * 5
    assert (done.status, again.status, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert (again.data, Order.objects.values().get()) == (done.data, before)


def test_an_answer_that_was_stored_without_the_token_opens_nothing(
    placed: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = Visitor(headers={"X-Order-Token": placed.data["order_token"], "Idempotency-Key": "1"})
    path = f"/orders/{placed.data['id']}/cancel"
    with monkeypatch.context() as before:
        before.setattr(
            "shop.platform.http.replay._scope", lambda request, operation, _: f"guest:{request.path_info}:{operation}"
        )
        done = guest.post(path)

    stranger = replace(guest, headers={"Idempotency-Key": "1"}).post(path)

    assert (done.status, answer(stranger), IdempotencyRecord.objects.count()) == (200, NOT_FOUND, 3)
