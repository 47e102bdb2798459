"""Which discount codes apply, for whom and how often."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from shop.accounts.models import CustomerGroup
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.promotions import operations as promotions
from shop.promotions import queries
from shop.promotions.errors import CodeRefused, CodeUsedUp
from shop.promotions.models import DiscountCode, Promotion, Redemption
from shop.stores.models import Market
from tests.checkout.storefront_client import code, open_shop

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ONE = Money(100, "EUR")


@pytest.fixture
def market() -> Market:
    return open_shop()


def enter(
    text: str, market: Market, *, at: datetime = NOON, group_id: UUID | None = None, customer: str = "ada@example.com"
) -> DiscountCode:
    return queries.code_named(text, market_id=market.pk, group_id=group_id, customer_key=customer, at=at)


def use(code: DiscountCode, *, customer_key: str, amount: Money) -> Redemption:
    """Redeem the code as an order does, in its own transaction."""
    with transaction.atomic():
        return promotions.redeem(code, customer_key=customer_key, amount=amount)


def reason(text: str, market: Market, **also: object) -> str:
    """Return the reason why a code is refused."""
    with pytest.raises(CodeRefused) as refused:
        enter(text, market, **also)  # type: ignore[arg-type]
    assert refused.value.problem.params == {"reason": refused.value.reason}
    return refused.value.reason


@pytest.mark.parametrize(
    "typed",
    [
        "WELCOME10",
        "welcome10",
        "  Welcome10 ",
        "W\uff25LCOME10",
        "WELCOME 10",
        "wel-come-1\uff10",
        "WELCOME10\u200b",
        "\ufeffWELCOME10",
    ],
)
def test_a_code_is_found_however_it_is_typed(market: Market, typed: str) -> None:
    made = code("WELCOME10")

    assert enter(typed, market) == made


@pytest.mark.parametrize("typed", ["welcome1", "WELCOME_10", "", "%", "welcome10'"])
def test_another_text_is_no_code(market: Market, typed: str) -> None:
    code("WELCOME10")

    assert reason(typed, market) == "unknown"


def test_a_promotion_that_is_switched_off_has_no_codes(market: Market) -> None:
    code()
    Promotion.objects.update(is_active=False)

    assert reason("welcome10", market) == "unknown"


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [(-1, "not_started"), (0, None), (3599, None), (3600, "expired")],
    ids=["before", "at its start", "in its last second", "at its end"],
)
def test_its_time_is_half_open(market: Market, moment: int, outcome: str | None) -> None:
    made = code()
    Promotion.objects.update(starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    made.refresh_from_db()

    at = NOON + timedelta(seconds=moment)
    refused = queries.refusal(made, market_id=market.pk, group_id=None, customer_key="", at=at)

    assert refused == outcome


def test_a_code_of_another_market_is_not_valid_here(market: Market) -> None:
    code()
    other = Market.objects.create(code="ch", name="Switzerland", currency="CHF")
    Promotion.objects.update(market=other)

    assert reason("welcome10", market) == "not_here"
    assert enter("welcome10", other).code == "WELCOME10"


def test_a_code_of_a_group_is_for_that_group_alone(market: Market) -> None:
    code()
    club = CustomerGroup.objects.create(code="club", name="Club")
    Promotion.objects.update(group=club)

    assert enter("welcome10", market, group_id=club.pk).code == "WELCOME10"
    assert reason("welcome10", market) == reason("welcome10", market, group_id=uuid4()) == "not_here"


def test_whoever_is_in_no_group_is_in_the_default_one(market: Market) -> None:
    code()
    default, _ = CustomerGroup.objects.get_or_create(is_default=True, defaults={"code": "everybody", "name": "All"})
    Promotion.objects.update(group=default)

    assert enter("welcome10", market).code == "WELCOME10"
    assert enter("welcome10", market, group_id=default.pk).code == "WELCOME10"


def test_a_code_is_used_as_often_as_it_may_be(market: Market) -> None:
    made = code(usage_limit=2)
    for who in ("ada", "bob"):
        use(made, customer_key=who, amount=ONE)

    with pytest.raises(CodeUsedUp):
        use(made, customer_key="eve", amount=ONE)
    made.refresh_from_db()

    assert (made.used, reason("welcome10", market)) == (2, "used_up")


def test_a_code_from_before_is_found_as_it_was_and_goes_first(market: Market) -> None:
    before = code("SUMMER-10")
    DiscountCode.objects.filter(pk=before.pk).update(key="summer-10")
    now_named = code("SUMMER10")

    assert [enter(each, market) for each in ("summer-10", "summer10", "summer 10")] == [before, now_named, now_named]


def test_once_for_each_customer(market: Market) -> None:
    made = code(once_per_customer=True)
    use(made, customer_key="ada@example.com", amount=ONE)

    with pytest.raises(CodeUsedUp):
        use(made, customer_key="ada@example.com", amount=ONE)

    assert enter("welcome10", market) == made
    promotions.prove(Redemption.objects.values("pk"))
    assert reason("welcome10", market) == "already_used"
    assert enter("welcome10", market, customer="bob@example.com") == enter("welcome10", market, customer="") == made
    assert (DiscountCode.objects.get().used, Redemption.objects.count()) == (1, 1)


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_use_that_is_given_back_can_be_used_again_once(market: Market, confirmed: bool) -> None:
    made = code(usage_limit=1, once_per_customer=True)
    used = use(made, customer_key="ada", amount=ONE)
    promotions.confirm(Redemption.objects.filter(pk=used.pk if confirmed else uuid4()).values("pk"))

    given = [promotions.release(Redemption.objects.get()) for _ in range(2)]

    assert (given, DiscountCode.objects.get().used) == ([True, False], 0)
    assert use(made, customer_key="ada", amount=ONE).status == "claimed"


def test_claims_are_confirmed_once(market: Market) -> None:
    used = use(code(), customer_key="ada", amount=ONE)
    ids = Redemption.objects.filter(pk=used.pk).values("pk")

    assert (promotions.confirm(ids), promotions.confirm(ids)) == (1, 0)
    assert (Redemption.objects.get().status, Redemption.objects.get().amount) == ("confirmed", 100)


def test_a_code_says_what_it_takes_now(market: Market) -> None:
    assert promotions.announce("SPRING", name="Spring", percent=code().promotion.percent, ends_at=now())

    assert reason("spring", market, at=now()) == "expired"
