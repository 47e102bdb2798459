"""Buys something with the client that openapi-python-client makes: as a guest, and with 3-D Secure.

python buy.py http://127.0.0.1:8000
"""

import re
import sys
from typing import Any

import httpx
from e_commerce_api_client import Client
from e_commerce_api_client.api.carts import (
    add_code,
    add_lines,
    complete_cart,
    create_cart,
    list_shipping_methods,
    update_cart,
)
from e_commerce_api_client.api.catalog import get_product, list_products
from e_commerce_api_client.api.orders import get_order
from e_commerce_api_client.models import (
    ActionOut,
    CartChangeIn,
    CartOut,
    CodeIn,
    CompletedOut,
    CompleteIn,
    ErrorEnvelope,
    LinesIn,
    MoneyIn,
    OpenCartIn,
    PaymentIn,
    PostalPatchIn,
    RedirectActionOut,
)


def good(answer: Any) -> Any:
    """The data of an answer. ValueError when it was refused."""
    if answer is None or isinstance(answer, ErrorEnvelope):
        raise ValueError(answer)
    return answer.data


def filled(shop: Client) -> CartOut:
    """A guest's cart with two of the cheapest product, ready to be paid."""
    cheapest = good(list_products.sync(client=shop, country="DE", in_stock=True, sort="price", limit=1))[0]
    product = good(get_product.sync(cheapest.slug, client=shop, country="DE"))
    variant = next(each for each in product.variants if each.availability.status == "in_stock")
    cart = good(create_cart.sync(client=shop, body=OpenCartIn(country="DE", email="grete@example.com")))
    good(add_lines.sync(cart.id, client=shop, body=LinesIn(variant_id=variant.id, quantity=2)))
    address = PostalPatchIn(
        first_name="Grete",
        last_name="Hermann",
        line1="Lindenallee 3",
        postal_code="28203",
        city="Bremen",
        country="DE",
    )
    good(update_cart.sync(cart.id, client=shop, body=CartChangeIn(shipping_address=address)))
    method = good(list_shipping_methods.sync(cart.id, client=shop))[0]
    good(update_cart.sync(cart.id, client=shop, body=CartChangeIn(shipping_method_id=method.id)))
    return good(add_code.sync(cart.id, client=shop, body=CodeIn(code="WELCOME10")))


def completed(shop: Client, cart: CartOut, token: str) -> CompletedOut | ActionOut:
    """The order, or what the shopper has to do first."""
    due = MoneyIn(amount=cart.totals.amount_due.amount, currency=cart.totals.amount_due.currency)
    body = CompleteIn(expected_total=due, payment=PaymentIn(method="test", token=token))
    return good(complete_cart.sync(cart.id, client=shop, body=body, idempotency_key=f"pay-{cart.id}"))


def approve(url: str) -> None:
    """What the shopper does in a browser: press Approve on the bank's page."""
    page = httpx.get(url)
    form = re.search(r'csrfmiddlewaretoken" value="([^"]*)"', page.text)[1]
    cookie = page.headers["set-cookie"].partition(";")[0]
    answered = httpx.post(url, headers={"cookie": cookie}, data={"csrfmiddlewaretoken": form, "answer": "approve"})
    if answered.is_error:
        raise ValueError(answered)


def confirm(client_secret: str) -> None:
    """What the test gateway's script would do in the storefront when the shopper approves."""
    form = {"client_secret": client_secret, "answer": "approve"}
    answered = httpx.post(f"{sys.argv[1]}/test-gateway/confirm", data=form)
    if answered.is_error:
        raise ValueError(answered)


def main() -> None:
    with Client(base_url=sys.argv[1]) as shop:
        order = completed(shop, filled(shop), "tok_success")
        cart = filled(shop)
        waiting = completed(shop, cart, "tok_3ds")
        if not isinstance(waiting.next_action, RedirectActionOut):
            raise TypeError(waiting)
        approve(waiting.next_action.redirect_to_url.url)
        second = completed(shop, cart, "tok_3ds")
        cart = filled(shop)
        challenged = completed(shop, cart, "tok_3ds_sdk")
        confirm(challenged.payment.client_secret)
        third = completed(shop, cart, "tok_3ds_sdk")
        seen = good(get_order.sync(second.id, client=shop, x_order_token=second.order_token))
        if [order.payment_status, seen.payment_status, third.payment_status] != ["paid", "paid", "paid"]:
            raise ValueError([order, seen, third])
        print(f"bought {order.number} and, with 3-D Secure, {seen.number} and {third.number}")  # noqa: T201


main()
