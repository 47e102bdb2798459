"""Orders in the admin: to look at. What can be done to one is a button that calls an operation."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.orders import late
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.orders.sheets import sheet_of
from shop.payments import operations as payments
from shop.platform.admin import Answers, Button, ButtonsAdmin, ReadOnlyAdmin, actor_of
from shop.platform.amounts import column, shown

Status, Payment, Fulfillment = Order.Status, Order.PaymentStatus, Order.FulfillmentStatus
STATES = {
    "pending payment": "info",
    "placed": "success",
    "completed": "success",
    "cancelled": "danger",
    "expired": "warning",
}
MONEY = {
    "unpaid": "warning",
    "authorized": "info",
    "partially paid": "warning",
    "paid": "success",
    "partially refunded": "info",
    "refunded": "info",
    "voided": "info",
}
PARCELS = {"unfulfilled": "warning", "partially fulfilled": "info", "fulfilled": "success", "delivered": "success"}


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(
        max_length=300, widget=UnfoldAdminTextInputWidget, help_text="It stands in the order's history."
    )


def _cancel(request: HttpRequest, order: Order, answers: Answers) -> str:
    cancelled = orders.cancel(order, actor_id=request.user.pk, reason=answers["reason"])
    return "The order is cancelled; stock, codes and money go back." if cancelled else "It was cancelled already."


def _mark_paid(request: HttpRequest, order: Order, answers: Answers) -> str:
    return "The order is paid." if orders.mark_paid(order, actor=actor_of(request)) else "It was paid already."


def _note_late_payment(request: HttpRequest, order: Order, answers: Answers) -> str:
    if late.note_late_payment(order, actor=actor_of(request)):
        return "The order is placed again, and paid."
    return "The order can't be placed again. Pay the money back, and note that at its refund."


def _can_be_cancelled(order: Order) -> bool:
    return order.status == Status.PLACED and order.fulfillment_status == Fulfillment.UNFULFILLED


def _is_paid_by_hand(order: Order) -> bool:
    is_open = order.status in (Status.PLACED, Status.COMPLETED) and order.payment_status == Payment.UNPAID
    return is_open and payments.is_offline(order.payment_method)


@admin.register(Order)
class OrderAdmin(ButtonsAdmin, ReadOnlyAdmin):
    """Orders are copies of what was agreed: nobody adds, edits or deletes one."""

    change_form_template = "shop/admin/order.html"
    list_display = (
        "shown_number",
        "placed_at",
        "email",
        "shown_status",
        "shown_payment_status",
        "shown_fulfillment_status",
        "shown_total",
    )
    list_filter = ("status", "payment_status", "fulfillment_status", "market", "is_test")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("number", "email")
    search_help_text = "Number or e-mail address"
    date_hierarchy = "placed_at"
    ordering = ("-id",)
    fields = readonly_fields = ("number",)
    buttons = (
        Button(
            name="mark-paid",
            label="Mark as paid",
            permission="orders.mark_paid",
            does=_mark_paid,
            fits=_is_paid_by_hand,
            variant="primary",
        ),
        Button(
            name="late-payment",
            label="Note late payment",
            permission="orders.mark_paid",
            does=_note_late_payment,
            fits=late.can_be_paid_late,
            asks=forms.Form,
            question="An expired order is placed again if its stock is still there. Else the money has to go back.",
        ),
        Button(
            name="cancel",
            label="Cancel order",
            permission="orders.cancel_order",
            does=_cancel,
            fits=_can_be_cancelled,
            asks=CancelForm,
            question="Its stock and codes are free again, and what was paid goes back. This can't be undone.",
            variant="danger",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        found: QuerySet[Order] = super().get_queryset(request)
        is_one = bool(request.resolver_match and request.resolver_match.url_name == "orders_order_change")
        return found.select_related("bill", "market", "user", "hold", "cancellation__actor") if is_one else found

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["sheet"] = sheet_of(context["original"], may=request.user.has_perm)
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description="number", ordering="number")
    def shown_number(self, order: Order) -> str:
        return order.number or "not placed"

    @display(description="status", ordering="status", label=STATES)
    def shown_status(self, order: Order) -> str:
        return order.status.replace("_", " ")

    @display(description="payment", ordering="payment_status", label=MONEY)
    def shown_payment_status(self, order: Order) -> str:
        return order.payment_status.replace("_", " ")

    @display(description="fulfillment", ordering="fulfillment_status", label=PARCELS)
    def shown_fulfillment_status(self, order: Order) -> str:
        return order.fulfillment_status.replace("_", " ")

    @display(description="total", ordering="total")
    def shown_total(self, order: Order) -> str:
        return column(shown(order.total, order.currency))
