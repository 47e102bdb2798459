"""What can be done with bills and payments: `from shop.payments import operations as payments`."""

from shop.payments.operations.bills import close, cover, cover_late, open_bill, return_late
from shop.payments.operations.collect import begin, collect, refuse_unfit
from shop.payments.operations.gateway_credentials import without_credentials
from shop.payments.operations.methods import accepts, is_offline, is_test, method_name, methods, provider_name
from shop.payments.operations.refund_in_full import left_to_return
from shop.payments.operations.refunds import confirm_refund, is_paid_back_by_hand, refund, refund_again
from shop.payments.operations.settle import has_lost_its_gateway, settle, settle_bill
from shop.payments.operations.webhooks import accepts_webhooks, handle_webhook

__all__ = [
    "accepts",
    "accepts_webhooks",
    "begin",
    "close",
    "collect",
    "confirm_refund",
    "cover",
    "cover_late",
    "handle_webhook",
    "has_lost_its_gateway",
    "is_offline",
    "is_paid_back_by_hand",
    "is_test",
    "left_to_return",
    "method_name",
    "methods",
    "open_bill",
    "provider_name",
    "refund",
    "refund_again",
    "refuse_unfit",
    "return_late",
    "settle",
    "settle_bill",
    "without_credentials",
]
