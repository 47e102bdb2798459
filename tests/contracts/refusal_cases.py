"""How each refusal of the catalogue, of carts and of orders is got."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from shop.catalog.models import Variant
from shop.checkout.models import Cart, CartLine, metadata_key
from shop.inventory.models import StockLevel
from shop.orders.models import Order
from shop.payments.models import Bill
from shop.payments.operations import close
from shop.stores.limits import MOST_LINES, MOST_OF_ONE
from tests.contracts import factories
from tests.contracts.callers import Request
from tests.contracts.operation_case import OperationCase

ENGRAVED = {"engraving": "Ada"}
TOO_LARGE = {f"name-{at}": "é" * 500 for at in range(20)}


def nothing_of_that_name(case: OperationCase) -> Request:
    names = dict.fromkeys(case.operation.names("path"), "nothing-here")
    return replace(case.good, path=case.operation.path.format(**names))


def completed(case: OperationCase) -> Request:
    request = case.guests
    factories.completed(Cart.objects.get())
    if case.operation.id == "completeCart":  # with the right total it gives the order again
        return case.sending(request, expected_total={"amount": 1, "currency": "EUR"})
    return request


def being_paid(case: OperationCase) -> Request:
    """Somebody is asked by the bank. A cart that is claimed is a guest's."""
    request = case.guests if case.operation.id == "claimCart" else case.with_cart()[0]
    factories.completed(Cart.objects.get(), factories.ASKED)
    return request


def full(case: OperationCase) -> Request:
    request, cart = case.with_cart()
    CartLine.objects.filter(cart=cart).delete()
    CartLine.objects.bulk_create(_line(cart, {"number": str(at)}, 1) for at in range(MOST_LINES))
    return request


def as_many_as_can_be(case: OperationCase) -> Request:
    """The cart has all that one line can hold; a change makes another line the same as that."""
    request, cart = case.with_cart()
    if case.operation.id == "updateLine":
        _line(cart, ENGRAVED, MOST_OF_ONE).save()
        return request.sending({"metadata": ENGRAVED})
    CartLine.objects.update(quantity=MOST_OF_ONE, metadata={}, metadata_key="")
    return case.sending(request, metadata={})


def too_much_metadata(case: OperationCase) -> Request:
    return case.good.sending({**json.loads(case.good.body), "metadata": TOO_LARGE})


def _line(cart: Cart, metadata: dict[str, str], quantity: int) -> CartLine:
    key = metadata_key(metadata)
    return CartLine(cart=cart, variant=factories.mug(), quantity=quantity, metadata=metadata, metadata_key=key)


def sold_out(case: OperationCase) -> Request:
    request = case.good
    StockLevel.objects.update(on_hand=0)
    return request


def withdrawn(case: OperationCase) -> Request:
    request = case.good
    Variant.objects.update(is_active=False)
    return request


def without_email(case: OperationCase) -> Request:
    request, _ = case.with_cart()
    Cart.objects.update(email="")
    return request


def no_such_code(case: OperationCase) -> Request:
    return case.with_fields(code="NOTHING", codes=["NOTHING"])


def another_total(case: OperationCase) -> Request:
    return case.with_fields(expected_total={"amount": 1, "currency": "EUR"})


def three_unpaid(case: OperationCase) -> Request:
    for _ in range(3):
        factories.completed(factories.cart(None), factories.LATER)
    return case.sending(case.guests, payment={"method": "manual"})


def paying(**payment: object) -> Callable[[OperationCase], Request]:
    return lambda case: case.with_fields(payment=payment)


def bank_is_away(case: OperationCase) -> Request:
    """Its first answer is lost; or a payment is under way with a bank that is not there any more."""
    if case.operation.id == "completeCart":
        return paying(method="test", token="tok_lost")(case)
    request = being_paid(case)
    case.settings.PAYMENTS = replace(case.settings.PAYMENTS, test_mode=False)
    return request


def abandoned(case: OperationCase) -> Request:
    """The bill is closed, and the process ended before the order was."""
    request = being_paid(case)
    close(Bill.objects.get())
    return request


def completed_order(case: OperationCase) -> Request:
    request = case.good
    Order.objects.update(status=Order.Status.COMPLETED)
    return request


WAYS_OF_SHOPPING: Mapping[str, Callable[[OperationCase], Request]] = {
    "not_found": nothing_of_that_name,
    "context_not_served": lambda case: replace(case.good, query="currency=USD"),
    "cart_completed": completed,
    "payment_in_progress": being_paid,
    "account_busy": being_paid,
    "cart_full": full,
    "quantity_too_large": as_many_as_can_be,
    "metadata_too_large": too_much_metadata,
    "insufficient_stock": sold_out,
    "variant_unavailable": withdrawn,
    "country_not_served": lambda case: case.with_fields(country="AQ"),
    "currency_not_served": lambda case: case.with_fields(currency="XXX"),
    "shipping_method_unavailable": lambda case: case.with_fields(shipping_method_id="shm_of_nobody"),
    "discount_code_refused": no_such_code,
    "not_ready": without_email,
    "price_changed": another_total,
    "saving_not_offered": paying(method="test", token="tok_success", save=True),
    "unknown_currency": lambda case: case.with_fields(expected_total={"amount": 1, "currency": "XXX"}),
    "too_many_unpaid_orders": three_unpaid,
    "unknown_payment_method": paying(method="seashells"),
    "payment_token_required": paying(method="test"),
    "card_number_refused": paying(method="test", token="4242 4242 4242 4242"),
    "invalid_return_url": paying(method="test", token="tok_success", return_url="https://evil.example/"),
    "payment_declined": paying(method="test", token="tok_decline"),
    "payment_given_up": abandoned,
    "gateway_unavailable": bank_is_away,
    "invalid_transition": completed_order,
    "idempotency_key_required": lambda case: case.without("Idempotency-Key"),
}

UNREACHED: Mapping[tuple[str, str], str] = {
    ("createCart", "cart_completed"): "the open cart that was found is completed before it is held",
    ("completeCart", "discount_code_used_up"): "somebody takes the last use between pricing and drafting",
}
"""Refusals that need a concurrent request within one call: tests/races plays those that cost something."""
