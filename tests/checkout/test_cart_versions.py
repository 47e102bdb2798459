"""`If-Match` on carts: what was changed meanwhile is not changed, where the client asks for that."""

from collections.abc import Mapping
from typing import Any

import pytest

from shop.catalog.models import Variant
from shop.checkout import queries
from shop.checkout.operations import carts, lines
from shop.orders.models import Order
from shop.platform.actors import ANONYMOUS
from shop.platform.records import Stale
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.storefront_client import Shopper, code, outside, shopper

STALE = (412, "precondition_failed", None)


def call(ada: Shopper, what: str, tag: str) -> Seen:
    """One of the calls that change a cart, with this If-Match."""
    [line] = ada.cart()["lines"]
    line_path = f"{ada.path}/lines/{line['id']}"
    calls: Mapping[str, tuple[str, str, Any]] = {
        "change": ("PATCH", ada.path, {"note": "Hello"}),
        "add": ("POST", f"{ada.path}/lines", {"variant_id": line["variant_id"]}),
        "quantity": ("PATCH", line_path, {"quantity": 2}),
        "remove": ("DELETE", line_path, None),
        "code": ("POST", f"{ada.path}/codes", {"code": "WELCOME10"}),
        "reopen": ("POST", f"{ada.path}/reopen", {}),
        "complete": (
            "POST",
            f"{ada.path}/complete",
            {"expected_total": ada.total(), "payment": {"method": "test", "token": "tok_success"}},
        ),
    }
    visitor = Visitor(ada.visitor.token, ada.visitor.ip, {"If-Match": tag, "Idempotency-Key": f"key-{what}-{tag}"})
    return visitor.call(*calls[what])


@pytest.mark.parametrize("what", ["change", "add", "quantity", "remove", "code", "reopen", "complete"])
def test_an_old_version_is_refused_and_the_last_is_changed(mug: Variant, what: str) -> None:
    code()
    ada = shopper(mug).ready()
    old = ada.visitor.get(ada.path).headers["ETag"]
    ada.visitor.patch(ada.path, note="Meanwhile")
    last = ada.visitor.get(ada.path)

    refused = call(ada, what, old)
    unchanged = ada.cart()
    done = call(ada, what, last.headers["ETag"])

    assert refused.refusal == STALE
    assert unchanged == last.data
    assert (done.status, Order.objects.count()) == ((201, 1) if what == "complete" else (200, 0))


def test_a_code_is_removed_and_a_cart_claimed_only_as_they_were_read(mug: Variant) -> None:
    code()
    account()
    guest = shopper(mug)
    opened = Visitor().get(guest.path).headers["ETag"]
    entered = guest.visitor.post(f"{guest.path}/codes", code="WELCOME10").data["codes"][0]
    late = Visitor(headers={"If-Match": opened})
    customer = login(Visitor())

    removed = late.delete(f"{guest.path}/codes/{entered['id']}")
    claimed = Visitor(customer.token, headers={"If-Match": opened}).post(f"{guest.path}/claim")

    assert (removed.refusal, claimed.refusal) == (STALE, STALE)
    assert guest.cart()["codes"] == [entered]
    assert customer.get("/me/cart").data is None


def test_a_repetition_of_completing_goes_on_though_the_version_has_risen(mug: Variant) -> None:
    ada = shopper(mug).ready()
    tag, total = ada.visitor.get(ada.path).headers["ETag"], ada.total()
    body = {
        "expected_total": total,
        "payment": {"method": "test", "token": "tok_3ds", "return_url": "http://localhost:3000/back"},
    }
    keyed = Visitor(headers={"If-Match": tag, "Idempotency-Key": "key-1"})

    first, again = [keyed.post(f"{ada.path}/complete", **body) for _ in range(2)]

    assert (first.status, again.status) == (202, 202)
    assert again.data == first.data


def test_a_concurrent_change_between_reading_and_writing_is_seen(mug: Variant) -> None:
    ada = shopper(mug)
    read = [queries.cart(ada.cart_id, seen_by=ANONYMOUS) for _ in range(2)]
    ada.visitor.patch(ada.path, note="Meanwhile")

    with pytest.raises(Stale):
        carts.patch(read[0], {"note": "Late"}, expected_version=1)
    with pytest.raises(Stale):
        lines.add(read[1], [lines.NewLine(mug.pk, 1)], expected_version=1)

    assert (ada.cart()["note"], ada.cart()["version"], ada.cart()["lines"][0]["quantity"]) == ("Meanwhile", 2, 1)


def test_an_order_and_an_account_are_changed_only_as_they_were_read(mug: Variant) -> None:
    account()
    ada = login(Visitor())
    placed = shopper(mug, visitor=ada).ready().complete()
    path = f"/orders/{placed.data['id']}"
    late = Visitor(ada.token, headers={"If-Match": f'"{placed.data["id"]}.99"'})
    me = Visitor(ada.token, headers={"If-Match": f'"{ada.get("/me").data["id"]}.99"'})

    cancelled = late.post(f"{path}/cancel")
    closed = me.delete("/me", current_password="correct horse battery")
    done = Visitor(ada.token, headers={"If-Match": placed.headers["ETag"]}).post(f"{path}/cancel")

    assert (cancelled.refusal, closed.refusal) == (STALE, STALE)
    assert (done.status, done.data["status"], ada.get("/me").status) == (200, "cancelled", 200)


def test_a_header_that_is_none_is_refused(mug: Variant) -> None:
    ada = shopper(mug)

    seen = Visitor(headers={"If-Match": "nonsense"}).patch(ada.path, note="Hello")

    assert seen.refusal == (400, "invalid_header", "If-Match")
    assert (ada.cart()["note"], outside(mug)) == (None, ada.cart()["lines"][0]["variant_id"])


def test_two_headers_that_name_two_versions_are_refused_whichever_is_first(mug: Variant) -> None:
    ada = shopper(mug)
    old = ada.visitor.get(ada.path).headers["ETag"]
    last = ada.visitor.patch(ada.path, note="Meanwhile").headers["ETag"]

    first = Visitor(headers={"If-Match": f"{old},{last}"}).patch(ada.path, note="Hello")
    second = Visitor(headers={"If-Match": f"{last}, {old}"}).patch(ada.path, note="Hello")
    unchanged = ada.cart()
    same = Visitor(headers={"If-Match": f"{last},{last}"}).patch(ada.path, note="Hello")

    assert (first.refusal, second.refusal) == ((400, "invalid_header", "If-Match"),) * 2
    assert (unchanged["note"], same.data["note"]) == ("Meanwhile", "Hello")


@pytest.mark.parametrize("joined", ['*,"other"', '"other", *', "*,*"])
def test_a_star_beside_something_else_is_no_header(mug: Variant, joined: str) -> None:
    ada = shopper(mug)

    changed = Visitor(headers={"If-Match": joined}).patch(ada.path, note="Hello")
    read = Visitor(headers={"If-None-Match": joined}).get(ada.path)

    assert changed.refusal == (400, "invalid_header", "If-Match")
    assert (read.status, read.data["note"]) == (200, None)
