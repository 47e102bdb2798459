"""What is owed, every attempt to collect it, what providers have told, and what the test gateway remembers."""

from shop.payments.models.bank import TestCharge, TestRefund
from shop.payments.models.bill import Bill
from shop.payments.models.payment import Payment
from shop.payments.models.refund import Refund
from shop.payments.models.webhook import InboundWebhook

__all__ = ["Bill", "InboundWebhook", "Payment", "Refund", "TestCharge", "TestRefund"]
