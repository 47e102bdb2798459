"""The test gateway: a bank in this process, for development and tests. No money moves.

    tok_success             captured
    tok_authorized          set aside only; the shop captures it by a second call
    tok_decline             declined: card_declined
    tok_insufficient_funds  declined: insufficient_funds
    tok_expired_card        declined: expired_card
    tok_3ds                 the shopper is asked on a page (3-D Secure), and approves or declines there
    tok_3ds_sdk             the shopper is asked in the storefront, whose script answers with the charge's client secret
    tok_slow                captured, but the answer takes two seconds (setting `test_gateway_delay`)
    tok_lost                captured, but the first answer is lost: GatewayUnavailable; the same key finds the charge
    anything else           declined: invalid_token

Like a bank it keeps books of its own (TestCharge, TestRefund), in transactions of its own.
"""

import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F

from shop.kernel.errors import Refusal
from shop.kernel.money import Money
from shop.payments.errors import GatewayUnavailable, PaymentDeclined
from shop.payments.ports import Charge, ClientSecret, Credentials, NextAction, Outcome, Receipt, Redirect, WebhookEvent
from shop.payments.settings import payments_settings
from shop.payments.test_gateway.models import TestCharge, TestRefund
from shop.payments.types import Method
from shop.platform.clock import now
from shop.platform.connections import release_connection
from shop.platform.keys import key_for, keyed_hash
from shop.platform.settings import shop_settings

SIGNATURE: Final = "Test-Gateway-Signature"
"""The header of its webhooks: "t=<Unix seconds>,v1=<hex HMAC-SHA256 of `t.body`>"."""
TOLERANCE_SECONDS: Final = 300
BRAND: Final = "visa"
CLIENT_SECRET: Final = re.compile("pi_([0-9a-f]{32})_secret_[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Card:
    """What becomes of a charge with this card."""

    outcome: Outcome
    last4: str
    decline_code: str = ""


UNKNOWN: Final = Card(Outcome.DECLINED, "", "invalid_token")
CARDS: Final[Mapping[str, Card]] = {
    "tok_success": Card(Outcome.CAPTURED, "4242"),
    "tok_authorized": Card(Outcome.AUTHORIZED, "4259"),
    "tok_decline": Card(Outcome.DECLINED, "0002", "card_declined"),
    "tok_insufficient_funds": Card(Outcome.DECLINED, "9995", "insufficient_funds"),
    "tok_expired_card": Card(Outcome.DECLINED, "0069", "expired_card"),
    "tok_3ds": Card(Outcome.REQUIRES_ACTION, "3155"),
    "tok_3ds_sdk": Card(Outcome.REQUIRES_ACTION, "3220"),
    "tok_slow": Card(Outcome.CAPTURED, "1117"),
    "tok_lost": Card(Outcome.CAPTURED, "1118"),
}

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class WebhookPayload(msgspec.Struct):
    """A webhook's body."""

    id: Text
    type: Text
    key: Text
    reference: Text
    amount: int
    currency: Text


class Bank:
    """Deterministic: what happens depends on the token alone."""

    provider = "test"
    credentials_type: type[Credentials] | None = None
    methods: tuple[Method, ...] = (
        Method(code="test", name="Test card", kind="card", provider="test", publishable_key="pk_test", is_test=True),
    )
    has_webhooks = True
    is_remote = True  # as real ones are, so that development shows what production does

    def charge(self, charge: Charge, *, token: str, return_url: str) -> Receipt:
        """As the token says; whoever repeats a key learns what became of it."""
        found, is_new = _remember(charge, token=token, return_url=return_url)
        if is_new and token == "tok_slow":  # noqa: S105
            release_connection()
            time.sleep(payments_settings().test_gateway_delay.total_seconds())
        if is_new and token == "tok_lost":  # noqa: S105
            raise GatewayUnavailable()
        if found.status == Outcome.DECLINED:
            raise PaymentDeclined(found.decline_code)
        return _receipt(found)

    def fetch(self, charge: Charge) -> Receipt | None:
        """From the books."""
        found = TestCharge.objects.filter(key=charge.key).first()
        return _receipt(found) if found else None

    def capture(self, charge: Charge) -> Receipt:
        """Captured, if it was authorized."""
        TestCharge.objects.filter(key=charge.key, status=Outcome.AUTHORIZED).update(status=Outcome.CAPTURED)
        found = TestCharge.objects.filter(key=charge.key).first()
        if found is None or found.status != Outcome.CAPTURED:
            raise PaymentDeclined("not_authorized")
        return _receipt(found)

    def refund(self, charge: Charge, amount: Money, *, key: str) -> Receipt:
        """Given back at once, never more than was captured."""
        _refund(charge, amount, key=key)
        return Receipt(outcome=Outcome.REFUNDED, amount=amount)

    def void(self, charge: Charge) -> Receipt:
        """A charge that never came is written down as void, so that it finds itself void when it comes."""
        found, _ = _remember(charge, token="", return_url="", card=Card(Outcome.VOIDED, ""))
        stoppable = (Outcome.REQUIRES_ACTION, Outcome.AUTHORIZED)
        TestCharge.objects.filter(pk=found.pk, status__in=stoppable).update(status=Outcome.VOIDED)
        found.refresh_from_db()
        return _receipt(found)

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent | None:
        """Signed with a key of this installation, within five minutes of now."""
        if not _is_signed(body, headers.get(SIGNATURE, "")):
            return None
        try:
            payload = msgspec.json.decode(body, type=WebhookPayload)
            amount = Money(payload.amount, payload.currency)
        except (msgspec.MsgspecError, Refusal, RecursionError, UnicodeDecodeError):
            return None
        return WebhookEvent(
            event_id=payload.id, kind=payload.type, key=payload.key, reference=payload.reference, amount=amount
        )


def sign(body: bytes, *, at: datetime) -> str:
    """The signature header of a webhook that is sent at this time."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(seconds, body)}"


def asked(reference: UUID) -> TestCharge | None:
    """The charge that the shopper is, or was, asked about on the 3-D Secure page."""
    return TestCharge.objects.filter(pk=reference, token="tok_3ds").first()  # noqa: S106


def asked_by_script(client_secret: str) -> TestCharge | None:
    """The charge that the shopper is, or was, asked about in the storefront: whoever has its client secret is them."""
    parts = CLIENT_SECRET.fullmatch(client_secret)
    charge = TestCharge.objects.filter(pk=UUID(parts[1]), token="tok_3ds_sdk").first() if parts else None  # noqa: S106
    return charge if charge and hmac.compare_digest(client_secret, _client_secret(charge)) else None


def answer(charge: TestCharge, *, approved: bool) -> bool:
    """The shopper has answered; False when the charge was not waiting for that any more."""
    fate: dict[str, str] = {"status": Outcome.CAPTURED} if approved else {
        "status": Outcome.DECLINED, "decline_code": "authentication_failed",
    }  # fmt: skip
    return bool(TestCharge.objects.filter(pk=charge.pk, status=Outcome.REQUIRES_ACTION).update(**fate))


def last4_of(charge: TestCharge) -> str:
    """The end of the number that the card would have."""
    return CARDS.get(charge.token, UNKNOWN).last4


def _remember(charge: Charge, *, token: str, return_url: str, card: Card | None = None) -> tuple[TestCharge, bool]:
    """The one row of this key, and whether it was written now. A token that is not known is not written down."""
    found = TestCharge.objects.filter(key=charge.key).first()
    if found is not None:
        return found, False
    fate = card or CARDS.get(token, UNKNOWN)
    try:
        made = TestCharge.objects.create(
            key=charge.key,
            token=token if token in CARDS else "",
            amount=charge.amount.minor,
            currency=charge.amount.currency,
            status=fate.outcome,
            decline_code=fate.decline_code,
            return_url=return_url,
        )
    except IntegrityError:  # the same key at the same moment
        return TestCharge.objects.get(key=charge.key), False
    return made, True


def _receipt(found: TestCharge) -> Receipt:
    last4 = last4_of(found)
    waits = found.status == Outcome.REQUIRES_ACTION
    return Receipt(
        outcome=Outcome(found.status),
        amount=found.money,
        reference=str(found.pk),
        decline_code=found.decline_code,
        next_action=_challenge(found) if waits else None,
        brand=BRAND if last4 else "",
        last4=last4,
    )


def _challenge(found: TestCharge) -> NextAction:
    if found.token == "tok_3ds_sdk":  # noqa: S105
        return ClientSecret(_client_secret(found))
    return Redirect(f"{shop_settings().base_url}/test-gateway/3ds/{found.pk}", found.return_url or None)


def _client_secret(charge: TestCharge) -> str:
    """In the form of Stripe's, of the id and a keyed hash of it."""
    proof = keyed_hash(str(charge.pk), purpose="client secrets of the test gateway")
    return f"pi_{charge.pk.hex}_secret_{proof[:32]}"


@transaction.atomic
def _refund(charge: Charge, amount: Money, *, key: str) -> None:
    found = TestCharge.objects.select_for_update().filter(key=charge.key, currency=amount.currency).first()
    if TestRefund.objects.filter(key=key).exists():
        return
    within = TestCharge.objects.filter(
        key=charge.key, status=Outcome.CAPTURED, amount__gte=F("refunded") + amount.minor
    )
    if found is None or amount.minor <= 0 or not within.update(refunded=F("refunded") + amount.minor):
        raise PaymentDeclined("refund_refused")
    TestRefund.objects.create(key=key, charge=found, amount=amount.minor)


def _is_signed(body: bytes, header: str) -> bool:
    said = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    seconds, signature = said.get("t", ""), said.get("v1", "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 12 and signature.isascii()):
        return False
    is_recent = abs(int(seconds) - now().timestamp()) <= TOLERANCE_SECONDS
    return hmac.compare_digest(signature, _digest(int(seconds), body)) and is_recent


def _digest(seconds: int, body: bytes) -> str:
    return hmac.digest(key_for("webhooks of the test gateway"), b"%d." % seconds + body, "sha256").hex()
