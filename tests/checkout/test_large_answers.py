"""Answers that are too large to be stored: whoever repeats a call is shown the same object, as it is now."""

import pytest

from shop.catalog.models import Variant
from shop.platform import idempotency
from shop.platform.models import IdempotencyRecord
from tests.accounts.visitor import Visitor
from tests.checkout.storefront_client import outside, shopper

KEY = "a-key-that-nobody-guesses"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer of a cart or an order fits."""
    monkeypatch.setattr(idempotency, "LARGEST_ANSWER", 500)


def sizes() -> list[int]:
    return [len(bytes(each or b"")) for each in IdempotencyRecord.objects.values_list("answer", flat=True)]


def test_a_cart_is_opened_once_and_shown_again(mug: Variant, small: None) -> None:
    keyed = Visitor(headers={"Idempotency-Key": KEY})
    lines = [{"variant_id": outside(mug), "quantity": 2}]

    first, again = keyed.post("/carts", lines=lines), keyed.post("/carts", lines=lines)

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert (again.data, again.body["meta"]["context"]) == (first.data, first.body["meta"]["context"])
    assert again.headers["Location"] == first.headers["Location"]
    assert max(sizes()) < 500


def test_lines_are_added_once_and_the_cart_is_shown_as_it_is_now(mug: Variant, small: None) -> None:
    ada = shopper()
    keyed = Visitor(headers={"Idempotency-Key": KEY})
    line = {"variant_id": outside(mug), "quantity": 2}
    first = keyed.post(f"{ada.path}/lines", **line)
    ada.visitor.patch(ada.path, note="Changed since.")

    again = keyed.post(f"{ada.path}/lines", **line)

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert (again.data["lines"], again.data["note"]) == (first.data["lines"], "Changed since.")
    assert again.headers["ETag"] == f'"{ada.cart_id}.3"'


def test_an_order_is_placed_once_and_shown_again_with_its_token(mug: Variant, small: None) -> None:
    ada = shopper(mug).ready()
    total = ada.total()

    first, again = ada.complete(total=total), ada.complete(total=total)

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert (again.data, again.data["order_token"]) == (first.data, first.data["order_token"])
    assert again.headers["Location"] == first.headers["Location"]
    assert max(sizes()) < 500


def test_an_order_is_cancelled_once_and_shown_again(mug: Variant, small: None) -> None:
    ada = shopper(mug).ready()
    placed = ada.complete()
    owner = Visitor(headers={"Idempotency-Key": KEY, "X-Order-Token": placed.data["order_token"]})

    first, again = [owner.post(f"/orders/{placed.data['id']}/cancel") for _ in range(2)]

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert again.data == first.data
