from shop.kernel.money import Money
from shop.payments.gateways.manual import Manual
from shop.payments.ports import Charge, Gateway, Outcome

AMOUNT = Money(1999, "EUR")
CHARGE = Charge(key="0193a5c0-0000-7000-8000-000000000001", amount=AMOUNT)


def test_nothing_happens_by_itself() -> None:
    manual = Manual()

    outcomes = [
        manual.charge(CHARGE, token="", return_url="").outcome,
        manual.fetch(CHARGE).outcome,
        manual.refund(CHARGE, AMOUNT, key="1").outcome,
    ]

    assert isinstance(manual, Gateway)
    assert outcomes == [Outcome.PENDING] * 3


def test_somebody_notes_money_that_came_or_will_not_come() -> None:
    manual = Manual()

    assert manual.capture(CHARGE).outcome == Outcome.CAPTURED
    assert manual.void(CHARGE).outcome == Outcome.VOIDED


def test_nobody_writes_webhooks() -> None:
    manual = Manual()

    assert (manual.has_webhooks, manual.parse_webhook(b"{}", {})) == (False, None)
