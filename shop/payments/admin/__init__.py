"""Payments in the admin: money to look at, and credentials of gateways to enter."""

from shop.payments.admin.credentials import GatewayCredentialsAdmin
from shop.payments.admin.money import BillAdmin, InboundWebhookAdmin, PaymentAdmin, RefundAdmin

__all__ = ["BillAdmin", "GatewayCredentialsAdmin", "InboundWebhookAdmin", "PaymentAdmin", "RefundAdmin"]
