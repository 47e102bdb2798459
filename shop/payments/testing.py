"""The suite that every gateway which moves money has to pass: subclass it in the gateway's tests, with its test tokens.

Needs pytest. The shop itself never imports this module.
"""

from uuid import uuid4

import pytest

from shop.kernel.money import Money
from shop.payments.errors import GatewayUnavailable, PaymentDeclined
from shop.payments.ports import Charge, ClientSecret, Credentials, Gateway, Outcome, Redirect
from shop.payments.registry import methods

AMOUNT = Money(1999, "EUR")
RETURN_URL = "http://localhost:3000/done"


class GatewayContract:
    """Subclass it as `TestThatGateway`; the fixture `gateway` gives one that talks to a bank nobody else uses."""

    good = "tok_success"
    refused = {"tok_decline": "card_declined"}
    authorized = "tok_authorized"
    asking = "tok_3ds"
    asks_by: type[Redirect | ClientSecret] = Redirect
    """How `asking` asks its shopper. A gateway that asks in both ways runs the suite once for each."""
    lost = "tok_lost"

    @pytest.fixture
    def gateway(self) -> Gateway:
        """The gateway that the suite examines: each subclass gives its own."""
        raise NotImplementedError

    @pytest.fixture
    def charge(self) -> Charge:
        return Charge(key=str(uuid4()), amount=AMOUNT)

    def paid(self, gateway: Gateway, charge: Charge) -> Charge:
        """The charge, captured."""
        receipt = gateway.charge(charge, token=self.good, return_url=RETURN_URL)
        return Charge(charge.key, charge.amount, receipt.reference)

    def test_it_is_one(self, gateway: Gateway) -> None:
        assert isinstance(gateway, Gateway)
        assert {method.provider for method in gateway.methods} == {gateway.provider}
        assert gateway.credentials_type is None or issubclass(gateway.credentials_type, Credentials)
        assert len({method.code for method in methods()}) == len(methods())

    def test_a_good_card_is_captured(self, gateway: Gateway, charge: Charge) -> None:
        receipt = gateway.charge(charge, token=self.good, return_url=RETURN_URL)

        assert (receipt.outcome, receipt.amount) == (Outcome.CAPTURED, AMOUNT)
        assert receipt.reference
        assert len(receipt.last4) == 4
        assert gateway.fetch(charge) == receipt

    def test_the_same_key_is_the_same_charge(self, gateway: Gateway, charge: Charge) -> None:
        first = gateway.charge(charge, token=self.good, return_url=RETURN_URL)
        second = gateway.charge(charge, token=self.good, return_url=RETURN_URL)

        assert second == first

    def test_another_key_is_another_charge(self, gateway: Gateway, charge: Charge) -> None:
        first = gateway.charge(charge, token=self.good, return_url=RETURN_URL)
        second = gateway.charge(Charge(str(uuid4()), AMOUNT), token=self.good, return_url=RETURN_URL)

        assert second.reference != first.reference

    def test_a_bad_card_is_declined_each_time(self, gateway: Gateway, charge: Charge) -> None:
        token, code = next(iter(self.refused.items()))

        with pytest.raises(PaymentDeclined) as first:
            gateway.charge(charge, token=token, return_url=RETURN_URL)
        with pytest.raises(PaymentDeclined) as second:
            gateway.charge(charge, token=token, return_url=RETURN_URL)

        stands = gateway.fetch(charge)
        assert stands is not None
        assert (first.value.decline_code, second.value.decline_code) == (code, code)
        assert (stands.outcome, stands.decline_code) == (Outcome.DECLINED, code)

    def test_what_never_arrived_is_not_known(self, gateway: Gateway, charge: Charge) -> None:
        assert gateway.fetch(charge) is None

    def test_what_is_authorized_can_be_captured_once(self, gateway: Gateway, charge: Charge) -> None:
        before = gateway.charge(charge, token=self.authorized, return_url=RETURN_URL)
        known = Charge(charge.key, AMOUNT, before.reference)

        after = gateway.capture(known)
        again = gateway.capture(known)

        assert (before.outcome, after.outcome, again) == (Outcome.AUTHORIZED, Outcome.CAPTURED, after)
        assert after.reference == before.reference

    def test_what_is_not_authorized_is_not_captured(self, gateway: Gateway, charge: Charge) -> None:
        waiting = gateway.charge(charge, token=self.asking, return_url=RETURN_URL)

        with pytest.raises(PaymentDeclined):
            gateway.capture(Charge(charge.key, AMOUNT, waiting.reference))

        assert gateway.fetch(charge) == waiting

    def test_a_card_that_asks_says_how(self, gateway: Gateway, charge: Charge) -> None:
        receipt = gateway.charge(charge, token=self.asking, return_url=RETURN_URL)

        assert receipt.outcome == Outcome.REQUIRES_ACTION
        assert isinstance(receipt.next_action, self.asks_by)
        assert gateway.fetch(charge) == receipt
        assert gateway.charge(charge, token=self.asking, return_url=RETURN_URL) == receipt

    def test_an_answer_that_was_lost_is_found_under_the_same_key(self, gateway: Gateway, charge: Charge) -> None:
        with pytest.raises(GatewayUnavailable):
            gateway.charge(charge, token=self.lost, return_url=RETURN_URL)

        again = gateway.charge(charge, token=self.lost, return_url=RETURN_URL)

        assert again.outcome == Outcome.CAPTURED
        assert gateway.fetch(charge) == again

    def test_refunds_go_up_to_what_was_captured(self, gateway: Gateway, charge: Charge) -> None:
        paid = self.paid(gateway, charge)

        part = gateway.refund(paid, Money(999, "EUR"), key=str(uuid4()))
        rest = gateway.refund(paid, Money(1000, "EUR"), key=str(uuid4()))
        with pytest.raises(PaymentDeclined):
            gateway.refund(paid, Money(1, "EUR"), key=str(uuid4()))

        assert part.outcome in (Outcome.REFUNDED, Outcome.PENDING)
        assert rest.outcome in (Outcome.REFUNDED, Outcome.PENDING)
        assert (part.amount, rest.amount) == (Money(999, "EUR"), Money(1000, "EUR"))

    def test_the_same_key_is_the_same_refund(self, gateway: Gateway, charge: Charge) -> None:
        paid, key = self.paid(gateway, charge), str(uuid4())

        gateway.refund(paid, Money(1500, "EUR"), key=key)
        gateway.refund(paid, Money(1500, "EUR"), key=key)
        rest = gateway.refund(paid, Money(499, "EUR"), key=str(uuid4()))

        assert rest.amount == Money(499, "EUR")

    def test_what_was_not_captured_is_not_refunded(self, gateway: Gateway, charge: Charge) -> None:
        waiting = gateway.charge(charge, token=self.asking, return_url=RETURN_URL)

        with pytest.raises(PaymentDeclined):
            gateway.refund(Charge(charge.key, AMOUNT, waiting.reference), AMOUNT, key=str(uuid4()))

        assert gateway.fetch(charge) == waiting

    def test_a_void_charge_takes_no_money(self, gateway: Gateway, charge: Charge) -> None:
        waiting = gateway.charge(charge, token=self.authorized, return_url=RETURN_URL)
        known = Charge(charge.key, AMOUNT, waiting.reference)

        void = gateway.void(known)
        with pytest.raises(PaymentDeclined):
            gateway.capture(known)

        assert (void.outcome, gateway.void(known)) == (Outcome.VOIDED, void)

    def test_what_is_void_before_it_arrives_takes_no_money_either(self, gateway: Gateway, charge: Charge) -> None:
        void = gateway.void(charge)

        late = gateway.charge(charge, token=self.good, return_url=RETURN_URL)

        assert (void.outcome, late.outcome) == (Outcome.VOIDED, Outcome.VOIDED)

    def test_what_is_captured_is_too_late_to_void(self, gateway: Gateway, charge: Charge) -> None:
        paid = self.paid(gateway, charge)

        assert gateway.void(paid).outcome == Outcome.CAPTURED

    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"[" * 100_000])
    def test_a_webhook_that_nobody_signed_is_none(self, gateway: Gateway, body: bytes) -> None:
        assert gateway.parse_webhook(body, {}) is None
