"""Properties of every quote, whatever is in the basket."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shop.kernel.money import Money, tax_contained, tax_on
from shop.quotes.quote import quote
from shop.quotes.types import Basket, Quote
from tests.quotes.baskets import baskets


def zero(quoted: Quote) -> Money:
    return Money.zero(quoted.basket.currency)


def amounts(quoted: Quote) -> list[Money]:
    """Return every amount of a quote."""
    lines = [(each.subtotal, each.discount, each.tax, each.total) for each in quoted.lines]
    shares = [share.amount for line in quoted.lines for share in line.shares]
    taxes = [amount for line in quoted.lines for tax in line.tax_lines for amount in (tax.base, tax.amount)]
    totals = [quoted.subtotal, quoted.discount_total, quoted.shipping_total, quoted.tax_total, quoted.total]
    return [*(amount for line in lines for amount in line), *shares, *taxes, *totals]


@given(baskets())
def test_quoting_twice_gives_the_same(basket: Basket) -> None:
    assert quote(basket) == quote(basket)


@given(baskets())
def test_no_figure_is_negative_and_all_are_in_one_currency(basket: Basket) -> None:
    figures = amounts(quote(basket))

    assert min(amount.minor for amount in figures) >= 0
    assert {amount.currency for amount in figures} == {basket.currency}


@given(baskets())
def test_the_total_is_the_sum_of_the_lines_and_shipping(basket: Basket) -> None:
    quoted = quote(basket)

    shipping = quoted.delivery.total if quoted.delivery else zero(quoted)
    assert quoted.total == sum((line.total for line in quoted.lines), shipping)
    assert quoted.subtotal == sum((line.subtotal for line in quoted.lines), zero(quoted))
    assert quoted.tax_total == sum(
        (line.tax for line in quoted.lines), quoted.delivery.tax if quoted.delivery else zero(quoted)
    )


@given(baskets())
def test_the_shares_add_up_to_the_discount_line_by_line_and_code_by_code(basket: Basket) -> None:
    quoted = quote(basket)

    by_line = [sum((share.amount for share in line.shares), zero(quoted)) for line in quoted.lines]
    assert by_line == [line.discount for line in quoted.lines]
    assert quoted.discount_total == sum(by_line, zero(quoted))
    assert quoted.discount_total == sum((each.amount for each in quoted.reduction_totals), zero(quoted))


@given(baskets())
def test_no_line_is_reduced_below_nothing(basket: Basket) -> None:
    assert all(line.discount <= line.subtotal for line in quote(basket).lines)


@given(baskets())
def test_net_and_tax_are_the_gross(basket: Basket) -> None:
    quoted = quote(basket)

    for_each = [(line.total, tax.base + tax.amount) for line in quoted.lines for tax in line.tax_lines]
    assert all(gross == net_and_tax for gross, net_and_tax in for_each)


@given(baskets())
def test_the_tax_is_that_of_the_reduced_amount_rounded_once(basket: Basket) -> None:
    quoted = quote(basket)

    of = tax_contained if basket.prices_include_tax else tax_on
    expected = [of(line.subtotal - line.discount, percent=line.item.rate.percent) for line in quoted.lines]
    assert [line.tax for line in quoted.lines] == expected


@given(baskets())
def test_with_tax_in_the_prices_tax_adds_nothing(basket: Basket) -> None:
    gross = quote(replace(basket, prices_include_tax=True))

    assert gross.total == gross.subtotal - gross.discount_total + gross.shipping_total


@given(baskets())
def test_with_tax_on_top_it_is_all_that_is_added(basket: Basket) -> None:
    net = quote(replace(basket, prices_include_tax=False))

    assert net.total == net.subtotal - net.discount_total + net.shipping_total + net.tax_total


@given(baskets(), st.randoms())
def test_the_order_of_lines_moves_single_cents_and_no_total(basket: Basket, chance: object) -> None:
    items = list(basket.items)
    chance.shuffle(items)  # type: ignore[attr-defined]
    one_code = replace(basket, reductions=basket.reductions[:1])

    before, after = quote(one_code), quote(replace(one_code, items=tuple(items)))

    assert (after.subtotal, after.discount_total, after.shipping_total) == (
        before.subtotal,
        before.discount_total,
        before.shipping_total,
    )
    shares = {line.item.key: line.discount.minor for line in before.lines}
    assert all(abs(line.discount.minor - shares[line.item.key]) <= 1 for line in after.lines)


@given(baskets(), st.randoms())
def test_equal_lines_get_equal_shares_but_for_ties(basket: Basket, chance: object) -> None:
    same = [replace(each, unit_price=Money(999, basket.currency), quantity=1) for each in basket.items]
    one_code = replace(basket, items=tuple(same), reductions=basket.reductions[:1])

    discounts = [line.discount.minor for line in quote(one_code).lines]

    assert discounts == sorted(discounts, reverse=True)
    assert len(Counter(discounts)) <= 2


@given(baskets())
def test_more_off_is_never_dearer(basket: Basket) -> None:
    more = tuple(replace(each, percent=min(each.percent * 2, Decimal(100))) for each in basket.reductions)

    assert quote(replace(basket, reductions=more)).subtotal == quote(basket).subtotal
    assert quote(replace(basket, reductions=more)).discount_total >= quote(basket).discount_total
