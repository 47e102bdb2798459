"""What is owed, every attempt to collect it, and what providers have told."""

from shop.payments.models.bill import Bill
from shop.payments.models.gateway_credentials import GatewayCredentials
from shop.payments.models.payment import Payment
from shop.payments.models.refund import Refund
from shop.payments.models.webhook import InboundWebhook

__all__ = ["Bill", "GatewayCredentials", "InboundWebhook", "Payment", "Refund"]
