"""Asking how an attempt stands, when nobody has told: after a crash, a lost answer, a page of the bank's."""

from dataclasses import replace

from shop.payments import registry
from shop.payments.errors import PaymentDeclined
from shop.payments.models import Bill, Payment
from shop.payments.operations.record import charge_of, record
from shop.payments.ports import Gateway

Status = Payment.Status


def settle(payment: Payment) -> Payment:
    """The payment stands as its gateway says; what is authorized for an open bill is captured.

    Asks nobody about a payment that has come to its end. Raises GatewayUnavailable; declined ones are returned.
    """
    if payment.status not in Payment.UNFINISHED:
        return payment
    gateway = registry.gateway_of(payment.provider)
    receipt = registry.ready(gateway).fetch(charge_of(payment))
    return advance(record(payment, receipt), gateway=gateway) if receipt else payment


def settle_bill(bill: Bill) -> Payment | None:
    """The live attempt to collect this bill, settled; None when there is none. Raises GatewayUnavailable."""
    live = Payment.objects.filter(bill=bill, status__in=Payment.LIVE).first()
    return settle(live) if live else None


def has_lost_its_gateway(bill: Bill) -> bool:
    """Whether the live attempt is one of a gateway that was switched off since: nobody can be asked about it.

    A gateway that this process can't create, or whose credentials it can't use, is not lost: it is away.
    """
    providers = Payment.objects.filter(bill=bill, status__in=Payment.UNFINISHED).values_list("provider", flat=True)
    return any(map(registry.is_switched_off, providers))


def advance(payment: Payment, *, gateway: Gateway) -> Payment:
    """What is authorized is captured, while its bill is open. Raises GatewayUnavailable."""
    if (
        payment.status != Status.AUTHORIZED
        or not Bill.objects.filter(pk=payment.bill_id, status=Bill.Status.OPEN).exists()
    ):
        return payment
    charge = charge_of(payment)
    try:
        receipt = registry.ready(gateway).capture(charge)
    except PaymentDeclined as declined:
        receipt = replace(registry.ready(gateway).void(charge), decline_code=declined.decline_code)
    return record(payment, receipt)
