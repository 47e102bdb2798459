from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shop.kernel.currencies import EXPONENTS
from shop.kernel.money import LARGEST, Money, tax_contained, tax_on

quick = settings(max_examples=60, deadline=None)

currencies = st.sampled_from(sorted(EXPONENTS))
minors = st.integers(-(LARGEST // 2), LARGEST // 2)
percents = st.decimals(0, 100, places=4)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@quick
@given(minors, minors, currencies)
def test_what_is_added_can_be_taken_away(first: int, second: int, currency: str) -> None:
    a, b = Money(first, currency), Money(second, currency)

    assert a + b - b == a
    assert a + b == b + a
    assert a - b == -(b - a)


@quick
@given(minors, currencies)
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert Money.from_text(money.text(), currency) == money
    assert Decimal(money.text()).scaleb(EXPONENTS[currency]) == minor


@quick
@given(minors, st.fractions(0, 1))
def test_a_share_is_within_half_a_unit_and_never_beyond_the_whole(minor: int, rate: Fraction) -> None:
    whole = Money(minor, "EUR")

    part = whole.share(rate)

    assert abs(part.minor - minor * rate) <= Fraction(1, 2)
    assert abs(part.minor) <= abs(minor)
    assert (-whole).share(rate) == -part


@quick
@given(minors, weights)
def test_a_split_loses_nothing(minor: int, weights: list[int]) -> None:
    whole = Money(minor, "EUR")

    parts = whole.split(weights)

    assert len(parts) == len(weights)
    assert sum(parts, Money.zero("EUR")) == whole
    assert (-whole).split(weights) == tuple(-part for part in parts)


@quick
@given(minors, weights.filter(any))
def test_a_split_is_fair_to_a_unit(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "EUR").split(weights)

    exact = [Fraction(minor * weight, sum(weights)) for weight in weights]
    assert all(abs(part.minor - due) < 1 for part, due in zip(parts, exact, strict=True))
    assert all(part.minor == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@quick
@given(st.data(), weights)
def test_no_line_is_discounted_by_more_than_itself(data: st.DataObject, lines: list[int]) -> None:
    discount = data.draw(st.integers(0, sum(lines)))

    parts = Money(discount, "EUR").split(lines)

    assert all(0 <= part.minor <= line for part, line in zip(parts, lines, strict=True))


@quick
@given(st.data(), st.integers(1, 10**9), st.lists(st.integers(1, 10**6), min_size=2, max_size=6, unique=True))
def test_without_ties_the_order_of_lines_does_not_matter(data: st.DataObject, minor: int, lines: list[int]) -> None:
    assume(len({minor * line % sum(lines) for line in lines}) == len(lines))
    shuffled = data.draw(st.permutations(lines))
    whole = Money(minor, "EUR")

    shares = dict(zip(lines, whole.split(lines), strict=True))

    assert dict(zip(shuffled, whole.split(shuffled), strict=True)) == shares


@quick
@given(st.integers(1, 10**9), st.integers(1, 20), st.integers(1, 10**6))
def test_ties_go_to_the_earlier_lines(minor: int, count: int, weight: int) -> None:
    parts = Money(minor, "EUR").split([weight] * count)

    assert list(parts) == sorted(parts, reverse=True)
    assert parts[0].minor - parts[-1].minor in (0, 1)


@quick
@given(st.integers(0, LARGEST // 4), percents)
def test_net_and_contained_tax_are_the_gross(minor: int, percent: Decimal) -> None:
    gross = Money(minor, "EUR")

    tax = tax_contained(gross, percent=percent)

    assert Money.zero("EUR") <= tax <= gross
    assert (gross - tax) + tax == gross
    assert abs(tax.minor - minor * Fraction(percent) / (100 + Fraction(percent))) <= Fraction(1, 2)


@quick
@given(st.integers(0, LARGEST // 4), percents)
def test_tax_put_on_is_found_again_to_a_unit(minor: int, percent: Decimal) -> None:
    net = Money(minor, "EUR")

    tax = tax_on(net, percent=percent)

    assert abs((tax_contained(net + tax, percent=percent) - tax).minor) <= 1
