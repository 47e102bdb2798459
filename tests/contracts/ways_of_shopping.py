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
from tests.contracts import scenes
from tests.contracts.stage import Stage
from tests.contracts.world import Request

ENGRAVED = {"engraving": "Ada"}
TOO_LARGE = {f"name-{at}": "é" * 500 for at in range(20)}


def nothing_of_that_name(stage: Stage) -> Request:
    names = dict.fromkeys(stage.operation.names("path"), "nothing-here")
    return replace(stage.good, path=stage.operation.path.format(**names))


def completed(stage: Stage) -> Request:
    request = stage.guests
    scenes.completed(Cart.objects.get())
    if stage.operation.id == "completeCart":  # with the right total it gives the order again
        return stage.sending(request, expected_total={"amount": 1, "currency": "EUR"})
    return request


def being_paid(stage: Stage) -> Request:
    """Somebody is asked by the bank. A cart that is claimed is a guest's."""
    request = stage.guests if stage.operation.id == "claimCart" else stage.with_cart()[0]
    scenes.completed(Cart.objects.get(), scenes.ASKED)
    return request


def full(stage: Stage) -> Request:
    request, cart = stage.with_cart()
    CartLine.objects.filter(cart=cart).delete()
    CartLine.objects.bulk_create(_line(cart, {"number": str(at)}, 1) for at in range(MOST_LINES))
    return request


def as_many_as_can_be(stage: Stage) -> Request:
    """The cart has all that one line can hold; a change makes another line the same as that."""
    request, cart = stage.with_cart()
    if stage.operation.id == "updateLine":
        _line(cart, ENGRAVED, MOST_OF_ONE).save()
        return request.sending({"metadata": ENGRAVED})
    CartLine.objects.update(quantity=MOST_OF_ONE, metadata={}, metadata_key="")
    return stage.sending(request, metadata={})


def too_much_metadata(stage: Stage) -> Request:
    return stage.good.sending({**json.loads(stage.good.body), "metadata": TOO_LARGE})


def _line(cart: Cart, metadata: dict[str, str], quantity: int) -> CartLine:
    key = metadata_key(metadata)
    return CartLine(cart=cart, variant=scenes.mug(), quantity=quantity, metadata=metadata, metadata_key=key)


def sold_out(stage: Stage) -> Request:
    request = stage.good
    StockLevel.objects.update(on_hand=0)
    return request


def withdrawn(stage: Stage) -> Request:
    request = stage.good
    Variant.objects.update(is_active=False)
    return request


def without_email(stage: Stage) -> Request:
    request, _ = stage.with_cart()
    Cart.objects.update(email="")
    return request


def no_such_code(stage: Stage) -> Request:
    return stage.with_fields(code="NOTHING", codes=["NOTHING"])


def another_total(stage: Stage) -> Request:
    return stage.with_fields(expected_total={"amount": 1, "currency": "EUR"})


def three_unpaid(stage: Stage) -> Request:
    for _ in range(3):
        scenes.completed(scenes.cart(None), scenes.LATER)
    return stage.sending(stage.guests, payment={"method": "manual"})


def paying(**payment: object) -> Callable[[Stage], Request]:
    return lambda stage: stage.with_fields(payment=payment)


def bank_is_away(stage: Stage) -> Request:
    """Its first answer is lost; or a payment is under way with a bank that is not there any more."""
    if stage.operation.id == "completeCart":
        return paying(method="test", token="tok_lost")(stage)
    request = being_paid(stage)
    stage.settings.PAYMENTS = replace(stage.settings.PAYMENTS, test_mode=False)
    return request


def abandoned(stage: Stage) -> Request:
    """The bill is closed, and the process ended before the order was."""
    request = being_paid(stage)
    close(Bill.objects.get())
    return request


def completed_order(stage: Stage) -> Request:
    request = stage.good
    Order.objects.update(status=Order.Status.COMPLETED)
    return request


WAYS_OF_SHOPPING: Mapping[str, Callable[[Stage], Request]] = {
    "not_found": nothing_of_that_name,
    "context_not_served": lambda stage: replace(stage.good, query="currency=USD"),
    "cart_completed": completed,
    "payment_in_progress": being_paid,
    "account_busy": being_paid,
    "cart_full": full,
    "quantity_too_large": as_many_as_can_be,
    "metadata_too_large": too_much_metadata,
    "insufficient_stock": sold_out,
    "variant_unavailable": withdrawn,
    "country_not_served": lambda stage: stage.with_fields(country="AQ"),
    "currency_not_served": lambda stage: stage.with_fields(currency="XXX"),
    "shipping_method_unavailable": lambda stage: stage.with_fields(shipping_method_id="shm_of_nobody"),
    "discount_code_refused": no_such_code,
    "not_ready": without_email,
    "price_changed": another_total,
    "saving_not_offered": paying(method="test", token="tok_success", save=True),
    "unknown_currency": lambda stage: stage.with_fields(expected_total={"amount": 1, "currency": "XXX"}),
    "too_many_unpaid_orders": three_unpaid,
    "unknown_payment_method": paying(method="seashells"),
    "payment_token_required": paying(method="test"),
    "card_number_refused": paying(method="test", token="4242 4242 4242 4242"),
    "invalid_return_url": paying(method="test", token="tok_success", return_url="https://evil.example/"),
    "payment_declined": paying(method="test", token="tok_decline"),
    "payment_given_up": abandoned,
    "gateway_unavailable": bank_is_away,
    "invalid_transition": completed_order,
    "idempotency_key_required": lambda stage: stage.without("Idempotency-Key"),
}

UNREACHED: Mapping[tuple[str, str], str] = {
    ("createCart", "cart_completed"): "the open cart that was found is completed before it is held",
    ("completeCart", "discount_code_used_up"): "somebody takes the last use between pricing and drafting",
}
"""Refusals that need a concurrent request within one call: tests/races plays those that cost something."""
