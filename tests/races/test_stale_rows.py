"""What a statement sees of a row that somebody else is changing, for every guard that a constraint stands below.

PostgreSQL finds the rows of an UPDATE in the snapshot of the statement, builds the new row from that, checks the
constraints, and only then learns that the row has moved on. So a guard that holds for the row as it is can break a
constraint on the row as it was. Each test plays the steps in the one order that shows it.
"""

from datetime import UTC, datetime
from functools import partial
from unittest.mock import Mock

import pytest

from shop.accounts.models import OneTimePassword
from shop.accounts.operations import one_time_passwords as codes
from shop.inventory import operations as inventory
from shop.inventory.availability import variant_stock
from shop.inventory.counters import Change, shift
from shop.inventory.errors import InsufficientStock
from shop.inventory.models import Hold, StockLevel
from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments import operations as payments
from shop.payments.errors import PaymentInProgress, RefundTooLarge
from shop.payments.gateways.manual import Manual
from shop.payments.models import Bill, Payment, Refund
from shop.payments.operations import refunds
from shop.payments.operations.record import record
from shop.payments.ports import Outcome, Receipt
from shop.platform.clock import now
from shop.platform.counters import DATABASE, Ask, Full
from shop.platform.guards import constraint_of, refusal_of
from shop.platform.models import Job, LimitCounter
from shop.platform.records import WrongState
from shop.promotions import operations as promotions
from shop.promotions.errors import CodeUsedUp
from shop.promotions.models import Redemption
from shop.stores.models import Market
from tests.checkout.storefront_client import code, open_shop
from tests.inventory.factories import counters, held, stocked
from tests.races.interleaved import Session

pytestmark = [pytest.mark.race, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ONE = Money(100, "EUR")
SOON = datetime(2100, 1, 1, tzinfo=UTC)


def test_a_statement_that_waits_for_stock_being_given_back_breaks_no_constraint() -> None:
    mug = stocked(20)
    last = held({mug: 1})
    held({mug: 19})
    level = StockLevel.objects.get(variant_id=mug)
    take_one = partial(shift, [Change(level_id=level.pk, held=1)])

    with Session() as giving, Session() as taking:
        giving.do(partial(inventory.release, last))
        taking.start_and_block(take_one)
        giving.commit()
        first = taking.outcome()
        again = taking.do(take_one)
        taking.commit()

    assert (first, again) == (False, True)
    assert counters(mug) == (20, 20, 0)


def test_a_buyer_who_waits_for_stock_being_given_back_has_it() -> None:
    mug = stocked(20)
    seen = variant_stock([mug], at=now())
    last = held({mug: 1})
    others = held({mug: 19})

    with Session() as giving, Session() as taking:
        giving.do(partial(inventory.release, last))
        taking.start_and_block(partial(inventory.hold, {mug: 1}, until=SOON, seen=seen))
        giving.commit()
        bought = taking.outcome()
        taking.commit()

    others.refresh_from_db()
    assert isinstance(bought, Hold)
    assert (counters(mug), others.status) == ((20, 20, 0), "held")
    assert inventory.verify() == []


def test_a_buyer_who_waits_for_stock_that_is_kept_after_all_is_refused() -> None:
    mug = stocked(1)
    seen = variant_stock([mug], at=now())
    last = held({mug: 1})

    with Session() as giving, Session() as taking:
        giving.do(partial(inventory.release, last))
        taking.start_and_block(partial(inventory.hold, {mug: 1}, until=SOON, seen=seen))
        giving.roll_back()
        refused = taking.outcome()
        taking.commit()

    assert isinstance(refused, InsufficientStock)
    assert counters(mug) == (1, 1, 0)


def test_a_basket_is_held_whole_when_one_of_its_variants_is_being_given_back() -> None:
    mug, cup = stocked(1), stocked(5)
    seen = variant_stock([mug, cup], at=now())
    last = held({mug: 1})

    with Session() as giving, Session() as taking:
        giving.do(partial(inventory.release, last))
        taking.start_and_block(partial(inventory.hold, {mug: 1, cup: 2}, until=SOON, seen=seen))
        giving.commit()
        bought = taking.outcome()
        taking.commit()

    assert isinstance(bought, Hold)
    assert (counters(mug), counters(cup)) == ((1, 1, 0), (5, 2, 0))
    assert inventory.verify() == []


def test_a_correction_that_waits_for_stock_being_given_back_is_made() -> None:
    mug = stocked(1)
    last = held({mug: 1})

    with Session() as giving, Session() as counting:
        giving.do(partial(inventory.release, last))
        counting.start_and_block(partial(inventory.adjust, mug, set_to=0))
        giving.commit()
        counting.outcome()
        counting.commit()

    assert counters(mug) == (0, 0, 0)
    assert inventory.verify() == []


def test_a_smaller_room_for_backorders_waits_for_stock_being_given_back() -> None:
    mug = stocked(0, backorders=1)
    last = held({mug: 1})

    with Session() as giving, Session() as setting:
        giving.do(partial(inventory.release, last))
        setting.start_and_block(partial(inventory.set_backorder_room, mug, room=0))
        giving.commit()
        setting.outcome()
        setting.commit()

    assert StockLevel.objects.get(variant_id=mug).backorder_room == 0


def test_the_last_of_the_share_goes_to_one_of_two_provisional_holds() -> None:
    mug = stocked(2)
    bind = partial(inventory.hold, {mug: 1}, until=SOON, is_provisional=True)

    with Session() as first, Session() as second:
        first.do(bind)
        second.start_and_block(bind)
        first.commit()
        refused = second.outcome()
        second.commit()

    level = StockLevel.objects.get(variant_id=mug)
    assert isinstance(refused, InsufficientStock)
    assert (level.held, level.provisional) == (1, 1)


def test_the_last_of_the_share_that_is_being_given_back_can_be_had() -> None:
    mug = stocked(2)
    seen = variant_stock([mug], at=now())
    bind = partial(inventory.hold, {mug: 1}, until=SOON, is_provisional=True, seen=seen)
    last = bind()
    assert last is not None

    with Session() as giving, Session() as taking:
        giving.do(partial(inventory.release, last))
        taking.start_and_block(bind)
        giving.commit()
        second = taking.outcome()
        taking.commit()

    assert isinstance(second, Hold)
    assert StockLevel.objects.get(variant_id=mug).provisional == 1
    assert inventory.verify() == []


def test_a_hold_is_vouched_for_while_another_is_given_back() -> None:
    mug = stocked(4)
    one = inventory.hold({mug: 1}, until=SOON, is_provisional=True)
    other = inventory.hold({mug: 1}, until=SOON, is_provisional=True)
    assert one is not None
    assert other is not None

    with Session() as giving, Session() as vouching:
        giving.do(partial(inventory.release, one))
        vouching.start_and_block(partial(inventory.make_firm, other))
        giving.commit()
        done = vouching.outcome()
        vouching.commit()

    assert (done, StockLevel.objects.get(variant_id=mug).provisional, inventory.verify()) == (True, 0, [])


def test_the_last_use_of_a_code_that_is_being_given_back_can_be_had() -> None:
    announced = code(usage_limit=1)
    first = promotions.redeem(announced, customer_key="a@example.com", amount=ONE)

    with Session() as giving, Session() as taking:
        giving.do(partial(promotions.release, first))
        taking.start_and_block(partial(promotions.redeem, announced, customer_key="b@example.com", amount=ONE))
        giving.commit()
        second = taking.outcome()
        taking.commit()

    announced.refresh_from_db()
    assert isinstance(second, Redemption)
    assert (announced.used, second.status) == (1, "claimed")


def test_the_last_use_of_a_code_is_refused_once_somebody_has_it() -> None:
    announced = code(usage_limit=1)

    with Session() as first, Session() as second:
        first.do(partial(promotions.redeem, announced, customer_key="a@example.com", amount=ONE))
        second.start_and_block(partial(promotions.redeem, announced, customer_key="b@example.com", amount=ONE))
        first.commit()
        refused = second.outcome()
        second.commit()

    announced.refresh_from_db()
    assert isinstance(refused, CodeUsedUp)
    assert (announced.used, Redemption.objects.count()) == (1, 1)


def test_once_per_customer_waits_for_a_use_that_is_being_given_back() -> None:
    announced = code(once_per_customer=True)
    first = promotions.redeem(announced, customer_key="a@example.com", amount=ONE)

    with Session() as giving, Session() as taking:
        giving.do(partial(promotions.release, first))
        taking.start_and_block(partial(promotions.redeem, announced, customer_key="a@example.com", amount=ONE))
        giving.commit()
        second = taking.outcome()
        taking.commit()

    announced.refresh_from_db()
    assert isinstance(second, Redemption)
    assert announced.used == 1


def test_once_per_customer_refuses_the_same_customer_at_the_same_moment() -> None:
    announced = code(once_per_customer=True)

    with Session() as first, Session() as second:
        first.do(partial(promotions.redeem, announced, customer_key="a@example.com", amount=ONE))
        second.start_and_block(partial(promotions.redeem, announced, customer_key="a@example.com", amount=ONE))
        first.commit()
        refused = second.outcome()
        second.commit()

    announced.refresh_from_db()
    assert isinstance(refused, CodeUsedUp)
    assert (announced.used, Redemption.objects.count()) == (1, 1)


def test_a_limit_on_a_code_is_lowered_while_a_use_is_being_given_back() -> None:
    announced = code(usage_limit=2)
    promotions.redeem(announced, customer_key="a@example.com", amount=ONE)
    second = promotions.redeem(announced, customer_key="b@example.com", amount=ONE)
    announced.usage_limit = 1

    with Session() as giving, Session() as lowering:
        giving.do(partial(promotions.release, second))
        lowering.start_and_block(partial(promotions.put, announced))
        giving.commit()
        done = lowering.outcome()
        lowering.commit()

    announced.refresh_from_db()
    assert done is None
    assert (announced.usage_limit, announced.used) == (1, 1)


def test_what_a_gateway_would_not_give_back_can_be_asked_for_while_that_is_written_down() -> None:
    bill, payment = paid()
    asked = refunds.ask(payment, amount=payment.money, reason="")

    with Session() as failing, Session() as asking:
        failing.do(partial(refunds._end, Refund.objects.get(pk=asked.pk), Refund.Status.FAILED))
        asking.start_and_block(partial(refunds.ask, payment, amount=payment.money, reason="again"))
        failing.commit()
        second = asking.outcome()
        asking.commit()

    bill.refresh_from_db()
    assert isinstance(second, Refund)
    assert (bill.captured, bill.refunded) == (1999, 1999)


def test_a_bill_is_not_given_back_twice_at_the_same_moment() -> None:
    bill, payment = paid()
    whole = partial(refunds.ask, payment, amount=payment.money, reason="")

    with Session() as first, Session() as second:
        first.do(whole)
        second.start_and_block(whole)
        first.commit()
        refused = second.outcome()
        second.commit()

    bill.refresh_from_db()
    assert isinstance(refused, RefundTooLarge)
    assert (bill.captured, bill.refunded, Refund.objects.count()) == (1999, 1999, 1)


def test_money_that_comes_while_its_bill_is_closed_is_counted_once_and_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Manual, "is_remote", True)  # closing asks it only afterwards
    bill = payments.open_bill(Money(1999, "EUR"))
    payment = payments.begin(bill, method="manual", token=None)
    receipt = Receipt(outcome=Outcome.CAPTURED, amount=payment.money)

    with Session() as closing, Session() as paying:
        closing.do(partial(payments.close, bill))
        paying.start_and_block(partial(record, payment, receipt))
        closing.commit()
        paying.outcome()
        paying.commit()

    bill.refresh_from_db()
    assert (bill.status, bill.captured) == ("closed", 1999)
    assert Job.objects.filter(name="payments.give_back").count() == 1


def test_a_transfer_that_is_noted_while_its_bill_is_closed_is_refused() -> None:
    bill = payments.open_bill(Money(1999, "EUR"))
    payment = payments.begin(bill, method="manual", token=None)

    with Session() as closing, Session() as noting:
        closing.do(partial(payments.close, bill))
        noting.start_and_block(partial(payments.cover, bill))
        closing.commit()
        refused = noting.outcome()
        noting.commit()

    bill.refresh_from_db()
    payment.refresh_from_db()
    assert isinstance(refused, WrongState)
    assert (bill.status, bill.captured, payment.status) == ("closed", 0, "voided")
    assert not Job.objects.filter(name="payments.return_stray").exists()


def test_a_second_attempt_on_a_bill_at_the_same_moment_is_told_of_the_first_one() -> None:
    bill = payments.open_bill(Money(1999, "EUR"))
    attempt = partial(payments.begin, bill, method="manual", token=None)

    with Session() as first, Session() as second:
        first.do(attempt)
        second.start_and_block(attempt)
        first.commit()
        error = second.outcome()
        second.commit()

    assert constraint_of(error) == "payment_one_live_per_bill"
    assert isinstance(refusal_of(error), PaymentInProgress)
    assert Payment.objects.count() == 1


def test_a_limit_counts_a_use_only_once_it_is_certain() -> None:
    ask = Ask("one-an-hour", 1, 3_600_000)

    with Session() as first, Session() as second:
        first.do(partial(DATABASE.hit, [ask]))
        second.start_and_block(partial(DATABASE.hit, [ask]))
        first.roll_back()
        counts = second.outcome()
        second.commit()

    assert counts["one-an-hour"].used == 1


def test_a_limit_is_full_for_whoever_waited_for_the_last_use() -> None:
    ask = Ask("one-an-hour", 1, 3_600_000)

    with Session() as first, Session() as second:
        first.do(partial(DATABASE.hit, [ask]))
        second.start_and_block(partial(DATABASE.hit, [ask]))
        first.commit()
        refused = second.outcome()
        second.commit()

    assert isinstance(refused, Full)
    assert LimitCounter.objects.get(subject="one-an-hour").used == 1


def test_of_two_last_tries_of_a_code_at_the_same_moment_one_counts() -> None:
    row = codes.ask(subject="ada@example.com", purpose="password_reset")
    codes.issue_code(row)
    last = partial(codes._count_try, subject="ada@example.com", purpose="password_reset")
    four = [last() for _ in range(4)]

    with Session() as first, Session() as second:
        _, counted = first.do(last)
        second.start_and_block(last)
        first.commit()
        _, counted_too = second.outcome()
        second.commit()

    assert ([each for _, each in four], counted, counted_too) == ([True] * 4, True, False)
    assert OneTimePassword.objects.get(pk=row).tries == 5


def test_a_number_that_is_given_away_at_the_same_moment_is_drawn_anew() -> None:
    open_shop()
    mine, theirs = draft_order(), draft_order()
    draws = iter(["AAAAA-AAAAA", "AAAAA-AAAAA", "BBBBB-BBBBB"])

    with pytest.MonkeyPatch.context() as patch, Session() as first, Session() as second:
        patch.setattr("shop.orders.numbers.draw", Mock(side_effect=lambda: next(draws)))
        first.do(partial(orders.place, theirs, bill=theirs.bill))
        second.start_and_block(partial(orders.place, mine, bill=mine.bill))
        first.commit()
        second.outcome()
        second.commit()

    assert list(Order.objects.order_by("number").values_list("number", flat=True)) == ["AAAAA-AAAAA", "BBBBB-BBBBB"]


def paid() -> tuple[Bill, Payment]:
    """19.99 EUR that somebody has brought."""
    bill = payments.open_bill(Money(1999, "EUR"))
    payment = payments.begin(bill, method="manual", token=None)
    payments.cover(bill)
    payment.refresh_from_db()
    return bill, payment


def draft_order() -> Order:
    """An order that waits to be placed, with nothing to pay."""
    return Order.objects.create(
        source=uuid7(),
        market=Market.objects.get(),
        email="guest@example.com",
        email_key="guest@example.com",
        currency="EUR",
        country="DE",
        payment_method="manual",
        subtotal=0,
        total=0,
        bill=payments.open_bill(Money(0, "EUR")),
    )
