"""What the calls of a checkout cost: so many statements, however long the cart is."""

from collections.abc import Callable

import pytest

from shop.accounts.models import User
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.storefront_client import ADDRESS, Shopper, code, counted, outside, sell, shopper, statements

LINES = [1, 20]


@pytest.fixture
def customer(market: Market) -> User:
    return account()


def cart_of(lines: int) -> Shopper:
    """A customer's cart with so many lines, a code and everything else."""
    code(once_per_customer=True)
    variants = [sell(f"thing-{n}", stock=50) for n in range(lines)]
    ada = shopper(*variants, visitor=login(Visitor())).ready()
    assert ada.visitor.post(f"{ada.path}/codes", code="welcome10").status == 200
    return ada


def cost(call: Callable[[], Seen]) -> int:
    with counted() as queries:
        seen = call()
    assert seen.status == 200, seen.body
    return statements(queries)


@pytest.mark.parametrize("lines", LINES)
def test_reading_a_cart(customer: User, lines: int) -> None:
    ada = cart_of(lines)

    assert cost(lambda: ada.visitor.get(ada.path)) <= 8
    assert cost(lambda: ada.visitor.get("/me/cart")) <= 8


@pytest.mark.parametrize("lines", LINES)
def test_adding_changing_and_removing_a_line(customer: User, lines: int) -> None:
    ada = cart_of(lines)
    cup = sell("cup")
    line = ada.cart()["lines"][0]["id"]

    assert cost(lambda: ada.add(cup)) <= 12
    assert cost(lambda: ada.visitor.patch(f"{ada.path}/lines/{line}", quantity=2)) <= 12
    assert cost(lambda: ada.visitor.delete(f"{ada.path}/lines/{line}")) <= 12


@pytest.mark.parametrize("lines", LINES)
def test_adding_many_lines_at_once(customer: User, lines: int) -> None:
    ada = cart_of(1)
    wanted = [{"variant_id": outside(sell(f"other-{n}")), "quantity": 2} for n in range(lines)]

    assert cost(lambda: ada.visitor.post(f"{ada.path}/lines", lines=wanted)) <= 12


@pytest.mark.parametrize("lines", LINES)
def test_changing_the_address_the_country_and_the_way_to_ship(customer: User, lines: int) -> None:
    ada = cart_of(lines)
    method = ada.visitor.get(f"{ada.path}/shipping-methods").data[0]["id"]

    assert cost(lambda: ada.visitor.patch(ada.path, shipping_address=ADDRESS, billing_address=ADDRESS)) <= 12
    assert cost(lambda: ada.visitor.patch(ada.path, country="DE", shipping_method_id=method)) <= 12


@pytest.mark.parametrize("lines", LINES)
def test_entering_and_removing_a_code(customer: User, lines: int) -> None:
    ada = cart_of(lines)
    entered = ada.cart()["codes"][0]["id"]

    assert cost(lambda: ada.visitor.post(f"{ada.path}/codes", code="welcome10")) <= 12
    assert cost(lambda: ada.visitor.delete(f"{ada.path}/codes/{entered}")) <= 12


@pytest.mark.parametrize("lines", LINES)
def test_listing_ways_to_ship_and_to_pay(customer: User, lines: int) -> None:
    ada = cart_of(lines)

    assert cost(lambda: ada.visitor.get(f"{ada.path}/shipping-methods")) <= 6
    assert cost(lambda: ada.visitor.get(f"{ada.path}/payment-methods")) <= 8


@pytest.mark.parametrize("lines", LINES)
def test_opening_a_cart_with_everything_in_it(market: Market, lines: int) -> None:
    code()
    wanted = [{"variant_id": outside(sell(f"thing-{n}")), "quantity": 2} for n in range(lines)]
    guest = Visitor()

    with counted() as queries:
        seen = guest.post("/carts", lines=wanted, codes=["welcome10"], shipping_address=ADDRESS, email="a@example.com")

    assert seen.status == 201
    assert statements(queries) <= 13


@pytest.mark.parametrize("lines", LINES)
def test_claiming_a_cart(customer: User, lines: int) -> None:
    ada = cart_of(lines)
    guest = shopper(*[sell(f"other-{n}") for n in range(lines)])

    assert cost(lambda: ada.visitor.post(f"{guest.path}/claim")) <= 24


@pytest.mark.parametrize("lines", LINES)
def test_reading_an_order(customer: User, lines: int) -> None:
    ada = cart_of(lines)
    placed = ada.complete()
    assert placed.status == 201, placed.body

    assert cost(lambda: ada.visitor.get(f"/orders/{placed.data['id']}")) <= 5
    assert cost(lambda: ada.visitor.get("/me/orders")) <= 5
