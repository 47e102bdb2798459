"""Orders in the admin: to look at. What can be done to one is a button that calls an operation."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.backoffice.orders.page import page_of
from shop.orders import late
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.orders.queries import name_on
from shop.orders.search import found
from shop.payments import operations as payments
from shop.payments.admin import BillAdmin, PaymentAdmin, RefundAdmin
from shop.payments.models import Bill, Refund
from shop.payments.models import Payment as PaymentRow
from shop.platform.admin import Answers, Button, ButtonsAdmin, ListAdmin, ReadOnlyAdmin, actor_of
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
EARLIEST = timedelta(days=366)
PARCELS = {"unfulfilled": "warning", "partially fulfilled": "info", "fulfilled": "success", "delivered": "success"}


class MarkPaidForm(forms.Form):
    """When the money came, and what the bank calls it."""

    received_on = forms.DateField(
        label="Received on", widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}), initial=timezone.localdate
    )
    reference = forms.CharField(
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="What the bank statement or the receipt calls it. It is kept in the order's history.",
    )

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if not timezone.localdate() - EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError("Enter a date within the last year, not in the future.")
        return day


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(
        max_length=300, widget=UnfoldAdminTextInputWidget, help_text="It is kept in the order's history."
    )


def _cancel(request: HttpRequest, order: Order, answers: Answers) -> str:
    cancelled = orders.cancel(order, actor_id=request.user.pk, reason=answers["reason"])
    return "The order is cancelled; stock, codes and money go back." if cancelled else "It was cancelled already."


def _mark_paid(request: HttpRequest, order: Order, answers: Answers) -> str:
    return (
        "Order marked as paid."
        if orders.mark_paid(order, actor=actor_of(request), **answers)
        else "This order is paid already."
    )


def _note_late_payment(request: HttpRequest, order: Order, answers: Answers) -> str:
    if late.note_late_payment(order, actor=actor_of(request)):
        return "Order placed again and marked as paid."
    return "The order can't be placed again. Pay the money back, then mark its refund as paid."


def _can_be_cancelled(order: Order) -> bool:
    return order.status == Status.PLACED and order.fulfillment_status == Fulfillment.UNFULFILLED


def _is_paid_by_hand(order: Order) -> bool:
    is_open = order.status in (Status.PLACED, Status.COMPLETED) and order.payment_status == Payment.UNPAID
    return is_open and payments.is_offline(order.payment_method)


class PlacedFilter(admin.SimpleListFilter):
    """Orders that were placed, if nothing else is asked: failed tries are not the shopkeeper's orders."""

    title, parameter_name = "placed", "placed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "never placed"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        for at, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": "placed"} if at == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(placed_at__isnull=self.value() == "no")


@admin.register(Order)
class OrderAdmin(ButtonsAdmin, ReadOnlyAdmin):
    """Orders are copies of what was agreed: nobody adds, edits or deletes one."""

    change_form_template = "shop/admin/order.html"
    list_display = (
        "shown_number",
        "placed_at",
        "customer",
        "shown_status",
        "shown_payment_status",
        "shown_fulfillment_status",
        "shown_total",
    )
    list_filter = (PlacedFilter, "status", "payment_status", "fulfillment_status", "market", "is_test")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("number",)
    search_help_text = "Number, name, e-mail, SKU or city"
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
            asks=MarkPaidForm,
            question="Confirm that you received the payment outside the shop. This can't be undone.",
            variant="primary",
        ),
        Button(
            name="late-payment",
            label="Record late payment",
            permission="orders.mark_paid",
            does=_note_late_payment,
            fits=late.can_be_paid_late,
            asks=forms.Form,
            question="An expired order is placed again if its stock is still there; otherwise refund the payment.",
        ),
        Button(
            name="cancel",
            label="Cancel order",
            permission="orders.cancel_order",
            does=_cancel,
            fits=_can_be_cancelled,
            asks=CancelForm,
            question="This releases stock and discount codes, and refunds what was paid. This can't be undone.",
            variant="danger",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        rows: QuerySet[Order] = super().get_queryset(request)
        is_one = bool(request.resolver_match and request.resolver_match.url_name == "orders_order_change")
        return rows.select_related("bill", "market", "user", "hold", "cancellation__actor") if is_one else rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        return found(queryset, search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["order_page"] = page_of(context["original"], may=request.user.has_perm)
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description="number", ordering="number")
    def shown_number(self, order: Order) -> str:
        return order.number or "not placed"

    @display(description="customer", ordering="email")
    def customer(self, order: Order) -> str:
        name = name_on(order)
        return format_html('{}<span class="note">{}</span>', name, order.email) if name else order.email

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


class OfOrder(ListAdmin):
    """Rows of money name their order and its customer, to whoever may see orders, and are found as orders are."""

    bill_path = "bill_id"
    texts: tuple[str, ...] = ()
    """Columns of their own that are searched."""
    of_order = ("shown_order", "shown_customer")
    search_fields: tuple[str, ...] = ("id",)
    search_help_text = "Order's number, name or e-mail"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        order = Order.objects.filter(bill=OuterRef(self.bill_path))
        rows: QuerySet[Any] = super().get_queryset(request)
        named: QuerySet[Any] = rows.annotate(
            order_key=Subquery(order.values("pk")[:1]),
            order_number=Subquery(order.values("number")[:1]),
            order_email=Subquery(order.values("email")[:1]),
        )
        return named

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        fits = Q(*((f"{each}__icontains", search_term.strip()) for each in self.texts), _connector=Q.OR)
        if request.user.has_perm("orders.view_order"):
            fits |= Q((f"{self.bill_path}__in", found(Order.objects.all(), search_term).values("bill")))
        return (queryset.filter(fits) if fits else queryset.none()), False

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._for(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self._for(request, super().get_fields(request, obj))

    def _for(self, request: HttpRequest, names: Any) -> tuple[str, ...]:
        may = request.user.has_perm("orders.view_order")
        return tuple(name for name in names if may or name not in self.of_order)

    @display(description="order", ordering="order_number")
    def shown_order(self, row: Any) -> str:
        if row.order_key is None:
            return "—"
        href = reverse("admin:orders_order_change", args=[row.order_key])
        return format_html('<a class="text-link" href="{}">{}</a>', href, row.order_number or "not placed")

    @display(description="customer", ordering="order_email")
    def shown_customer(self, row: Any) -> str:
        return row.order_email or "—"


@admin.register(Bill)
class OrderBillAdmin(OfOrder, BillAdmin):
    """What is owed for orders."""

    bill_path = "pk"
    list_display = ("created_at", *OfOrder.of_order, *BillAdmin.list_display[1:])
    fields = readonly_fields = (*OfOrder.of_order, *BillAdmin.fields)


@admin.register(PaymentRow)
class OrderPaymentAdmin(OfOrder, PaymentAdmin):
    """Attempts to collect what is owed for orders."""

    texts = ("reference",)
    list_display = ("created_at", *OfOrder.of_order, *PaymentAdmin.list_display[1:])
    fields = readonly_fields = (*OfOrder.of_order, *PaymentAdmin.fields)


@admin.register(Refund)
class OrderRefundAdmin(OfOrder, RefundAdmin):
    """Money of orders on its way back."""

    bill_path = "payment__bill_id"
    list_display = ("created_at", *OfOrder.of_order, *RefundAdmin.list_display[1:])
    fields = readonly_fields = (*OfOrder.of_order, *RefundAdmin.fields)
