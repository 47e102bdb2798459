"""What can be done with bills and payments: `from shop.payments import operations as payments`."""

from shop.payments.operations.bills import close, cover, cover_late, open_bill, return_late
from shop.payments.operations.collect import begin, collect, refuse_unfit
from shop.payments.operations.give_back import left_to_return
from shop.payments.operations.hear import hear, hears
from shop.payments.operations.methods import accepts, is_offline, is_test, method_name, methods, provider_name
from shop.payments.operations.refunds import confirm_refund, is_paid_back_by_hand, refund, refund_again
from shop.payments.operations.settle import has_lost_its_gateway, settle, settle_bill

__all__ = [
    "accepts",
    "begin",
    "close",
    "collect",
    "confirm_refund",
    "cover",
    "cover_late",
    "has_lost_its_gateway",
    "hear",
    "hears",
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
]
