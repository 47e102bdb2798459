"""Worked examples with exact amounts."""

import pytest

from shop.kernel.money import Money
from shop.quotes.quote import quote
from tests.quotes.baskets import basket, item


def test_a_reduction_falls_on_the_lines_by_largest_remainder() -> None:
    quoted = quote(basket([item(1999), item(1999), item(500)], off="22.232103"))

    assert quoted.discount_total == Money(1000, "EUR")
    assert [line.discount.minor for line in quoted.lines] == [445, 444, 111]


def test_ties_go_to_the_earlier_line() -> None:
    quoted = quote(basket([item(333), item(333), item(333)], off="10.01001"))

    assert [line.discount.minor for line in quoted.lines] == [34, 33, 33]


@pytest.mark.parametrize(("off", "discount"), [("10", 1), ("50", 3), ("0.0001", 0), ("100", 5)])
def test_a_half_goes_away_from_zero(off: str, discount: int) -> None:
    assert quote(basket([item(5)], off=off)).discount_total == Money(discount, "EUR")


def test_tax_on_top_is_rounded_for_the_line_and_not_for_the_piece() -> None:
    quoted = quote(basket([item(1020, 10, percent="23")], gross=False))

    assert (quoted.subtotal.minor, quoted.tax_total.minor, quoted.total.minor) == (10200, 2346, 12546)


def test_with_tax_in_the_price_the_gross_stands() -> None:
    quoted = quote(basket([item(1999, 3, percent="23")]))

    [tax] = quoted.lines[0].tax_lines
    assert (quoted.total.minor, tax.base.minor, tax.amount.minor) == (5997, 4876, 1121)


def test_a_reduction_lowers_the_gross_by_just_that() -> None:
    quoted = quote(basket([item(5000, percent="10")], off="20"))

    assert (quoted.total.minor, quoted.discount_total.minor, quoted.tax_total.minor) == (4000, 1000, 364)


def test_net_prices_are_reduced_before_tax() -> None:
    quoted = quote(basket([item(10000, percent="19")], off="10", gross=False))

    assert (quoted.subtotal.minor, quoted.discount_total.minor) == (10000, 1000)
    assert (quoted.tax_total.minor, quoted.total.minor) == (1710, 10710)


def test_shipping_is_taxed_and_never_reduced() -> None:
    gross = quote(basket([item(10000, percent="19")], off="50", shipping=490, tax="19"))
    net = quote(basket([item(10000, percent="19")], off="50", shipping=490, tax="19", gross=False))

    assert (gross.shipping_total.minor, gross.tax_total.minor, gross.total.minor) == (490, 798 + 78, 5490)
    assert (net.shipping_total.minor, net.tax_total.minor, net.total.minor) == (490, 950 + 93, 5000 + 950 + 490 + 93)


def test_each_line_has_its_own_rate() -> None:
    quoted = quote(basket([item(11900, percent="19"), item(10700, percent="7"), item(500)]))

    assert [line.tax.minor for line in quoted.lines] == [1900, 700, 0]
    assert [len(line.tax_lines) for line in quoted.lines] == [1, 1, 0]
    assert (quoted.total.minor, quoted.tax_total.minor) == (23100, 2600)


def test_a_hundred_percent_leaves_nothing_to_pay_and_no_tax() -> None:
    quoted = quote(basket([item(1999, percent="19"), item(1, percent="7")], off="100"))

    assert (quoted.total.minor, quoted.tax_total.minor, quoted.discount_total.minor) == (0, 0, 2000)


def test_a_free_line_gets_no_share() -> None:
    quoted = quote(basket([item(0), item(100), item(100)], off="33"))

    assert [line.discount.minor for line in quoted.lines] == [0, 33, 33]
    assert [len(line.shares) for line in quoted.lines] == [0, 1, 1]


def test_an_empty_basket_costs_nothing() -> None:
    quoted = quote(basket([], off="10"))

    assert (quoted.total, quoted.lines, quoted.reduction_totals[0].amount) == (Money(0, "EUR"), (), Money(0, "EUR"))


@pytest.mark.parametrize(("currency", "price", "tax"), [("JPY", 1000, 91), ("KWD", 1000, 91), ("EUR", 1000, 91)])
def test_minor_units_are_the_currencys_own(currency: str, price: int, tax: int) -> None:
    quoted = quote(basket([item(price, percent="10", currency=currency)]))

    assert (quoted.total, quoted.tax_total) == (Money(price, currency), Money(tax, currency))


def test_what_a_code_took_off_in_all_is_told() -> None:
    quoted = quote(basket([item(1999), item(333)], off="10"))

    [told] = quoted.reduction_totals
    assert (told.code, told.name, told.amount) == ("OFF", "Off", quoted.discount_total)
    assert quoted.discount_total == Money(233, "EUR")
