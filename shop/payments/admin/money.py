"""Money in the admin: bills, attempts to collect them, refunds and what providers told. All of it to look at.

What can be done to a refund is a button that calls an operation. Bills, payments and refunds are registered by the
layer that knows which order they are of.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from shop.kernel.symbols import written
from shop.payments import operations as payments
from shop.payments.models import Bill, InboundWebhook, Payment, Refund
from shop.platform.admin import Answers, Button, ButtonsAdmin, ReadOnlyAdmin, ReadOnlyInline
from shop.platform.amounts import column, shown

STATES = {
    "open": "warning",
    "paid": "success",
    "closed": "info",
    "pending": "warning",
    "requires action": "warning",
    "authorized": "info",
    "captured": "success",
    "declined": "danger",
    "voided": "info",
    "refunded": "info",
    "requested": "warning",
    "succeeded": "success",
    "failed": "danger",
}


class Looked(ReadOnlyAdmin):
    """Written by code alone, and never deleted."""

    list_per_page = 50
    show_full_result_count = False
    ordering: tuple[str, ...] = ("-id",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @display(description="status", ordering="status", label=STATES)
    def shown_status(self, row: Bill | Payment | Refund) -> str:
        return row.get_status_display().lower()

    @display(description="amount", ordering="amount")
    def shown_amount(self, row: Bill | Payment | Refund) -> str:
        return column(written(row.money))


class NamedFilter(admin.AllValuesFieldListFilter):
    """The codes that the rows have, by the names of what they stand for."""

    @staticmethod
    def name_of(code: str) -> str:
        raise NotImplementedError

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            code, counted, count = str(choice["display"]).partition(" (")  # "manual (3)", where rows are counted
            yield {**choice, "display": self.name_of(code) + counted + count}


class MethodFilter(NamedFilter):
    name_of = staticmethod(payments.method_name)


class ProviderFilter(NamedFilter):
    name_of = staticmethod(payments.provider_name)


class PaymentNames:
    """Columns of a payment that say "Bank transfer", not "manual"."""

    @display(description="method", ordering="method")
    def shown_method(self, payment: Payment) -> str:
        return payments.method_name(payment.method)

    @display(description="provider", ordering="provider")
    def shown_provider(self, row: Payment | InboundWebhook) -> str:
        return payments.provider_name(row.provider)


class PaymentInline(PaymentNames, ReadOnlyInline):
    model = Payment
    fields: tuple[str, ...] = (
        "created_at", "shown_method", "shown_provider", "status", "shown_amount", "decline_code"
    )  # fmt: skip
    readonly_fields: tuple[str, ...] = fields
    hide_title = True
    show_change_link = True

    @display(description="amount")
    def shown_amount(self, payment: Payment) -> str:
        return column(written(payment.money))


class BillAdmin(Looked):
    """What is owed."""

    list_display: tuple[str, ...] = ("created_at", "shown_amount", "shown_captured", "shown_refunded", "shown_status")
    list_filter = ("status", "currency")
    fields: tuple[str, ...] = (
        "shown_status", "shown_amount", "shown_captured", "shown_refunded", "created_at", "updated_at"
    )  # fmt: skip
    readonly_fields: tuple[str, ...] = fields
    inlines = (PaymentInline,)

    @display(description="captured", ordering="captured")
    def shown_captured(self, bill: Bill) -> str:
        return column(shown(bill.captured, bill.currency))

    @display(description="refunded", ordering="refunded")
    def shown_refunded(self, bill: Bill) -> str:
        return column(shown(bill.refunded, bill.currency))


class RefundInline(ReadOnlyInline):
    model = Refund
    fields: tuple[str, ...] = ("created_at", "status", "shown_amount", "reason")
    readonly_fields: tuple[str, ...] = fields
    hide_title = True
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        found: QuerySet[Refund] = super().get_queryset(request)
        return found.select_related("payment")

    @display(description="amount")
    def shown_amount(self, refund: Refund) -> str:
        return column(written(refund.money))


class PaymentAdmin(PaymentNames, Looked):
    """Attempts to collect. No card is known here, only the end of its number."""

    list_display: tuple[str, ...] = (
        "created_at",
        "shown_method",
        "shown_provider",
        "shown_amount",
        "shown_status",
        "decline_code",
        "reference",
    )
    list_filter = ("status", ("provider", ProviderFilter), ("method", MethodFilter))
    search_fields: tuple[str, ...] = ("reference",)
    fields: tuple[str, ...] = (
        "bill", "shown_method", "shown_provider", "shown_status", "shown_amount", "reference", "decline_code", "brand",
        "last4", "created_at", "updated_at",
    )  # fmt: skip
    readonly_fields: tuple[str, ...] = fields
    inlines = (RefundInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        found: QuerySet[Payment] = super().get_queryset(request)
        return found.select_related("bill")


def _confirm(request: HttpRequest, refund: Refund, answers: Answers) -> str:
    return "Refund marked as paid." if payments.confirm_refund(refund) else "This refund was marked as paid already."


def _repeat(request: HttpRequest, refund: Refund, answers: Answers) -> str:
    return "Refund requested again." if payments.refund_again(refund) else "This refund was requested again already."


def _waits_for_somebody(refund: Refund) -> bool:
    is_asked = refund.status == Refund.Status.REQUESTED and payments.is_paid_back_by_hand(refund)
    return is_asked or _can_be_repeated(refund)


def _can_be_repeated(refund: Refund) -> bool:
    return refund.status == Refund.Status.FAILED and not hasattr(refund, "asked_again")


class RefundAdmin(ButtonsAdmin, Looked):
    """Money on its way back."""

    list_display: tuple[str, ...] = ("created_at", "shown_amount", "shown_status", "reason")
    list_filter = ("status",)
    list_select_related = ("payment",)
    fields: tuple[str, ...] = (
        "payment", "shown_status", "shown_amount", "reason", "instead_of", "created_at", "updated_at"
    )  # fmt: skip
    readonly_fields: tuple[str, ...] = fields
    buttons = (
        Button(
            name="paid-back",
            label="Mark as paid",
            permission="payments.confirm_refund",
            does=_confirm,
            fits=_waits_for_somebody,
            asks=forms.Form,
            question="Confirm that you refunded the payment outside the shop. This can't be undone.",
            variant="primary",
        ),
        Button(
            name="again",
            label="Retry refund",
            permission="payments.repeat_refund",
            does=_repeat,
            fits=_can_be_repeated,
            variant="primary",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        found: QuerySet[Refund] = super().get_queryset(request)
        return found.select_related("payment", "instead_of__payment")


@admin.register(InboundWebhook)
class InboundWebhookAdmin(PaymentNames, Looked):
    """What providers have told, each event once."""

    list_display: tuple[str, ...] = ("received_at", "shown_provider", "kind", "event_id")
    list_filter = (("provider", ProviderFilter),)
    search_fields: tuple[str, ...] = ("event_id",)
    fields: tuple[str, ...] = ("received_at", "shown_provider", "kind", "event_id", "payment")
    readonly_fields: tuple[str, ...] = fields
