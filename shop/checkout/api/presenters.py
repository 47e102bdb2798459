"""How carts look from outside."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from shop.catalog.presenters import picture
from shop.catalog.types import Sellable
from shop.checkout.api.schemas import (
    ActionOut,
    CartOut,
    ChosenMethodOut,
    ClientSecretActionOut,
    CodeOut,
    LineOut,
    PaymentMethodOut,
    ProductRefOut,
    RedirectActionOut,
    ShippingMethodOut,
    Status,
    TotalsOut,
)
from shop.checkout.complete import Completion
from shop.checkout.models import Cart, CartLine
from shop.checkout.operations.carts import public_id
from shop.checkout.types import Notice, Priced
from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.presenters import postal
from shop.orders.schemas import NoticeOut
from shop.payments.ports import ClientSecret, NextAction, Redirect
from shop.payments.types import Method
from shop.platform.clock import stamp
from shop.platform.http.envelope import ContextOut
from shop.platform.http.schemas import MoneyOut, money
from shop.platform.translation import translate
from shop.quotes.types import Quote, QuotedLine
from shop.shipping.models import ShippingMethod
from shop.stores.models import Market


def cart(priced: Priced) -> CartOut:
    found = priced.cart
    quoted = {line.item.key: line for line in priced.quote.lines}
    method = found.shipping_method
    return {
        "id": public_id(found),
        "status": cast(Status, found.status),
        "market": found.market.code,
        "currency": found.currency,
        "country": found.country,
        "locale": found.locale,
        "email": found.email or None,
        "lines": [_line(each, quoted.get(each.pk), priced) for each in priced.lines],
        "totals": _totals(priced.quote),
        "codes": _codes(priced),
        "shipping_address": postal(found.shipping_address),
        "billing_address": postal(found.billing_address),
        "shipping_method": _chosen(method) if method else None,
        "payment": {
            "status": "in_progress" if found.status == Cart.Status.COMPLETING else "none",
            "last_error": found.last_error or None,
        },
        "requirements": [
            {"code": each.code, "field": each.field, "message": translate(each.message, each.params)}
            for each in priced.needs
        ],
        "notices": [_notice(each) for each in priced.notices],
        "note": found.note or None,
        "metadata": found.metadata,
        "order_id": public(Prefix.ORDER, found.order_id) if found.order_id else None,
        "version": priced.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "expires_at": stamp(found.expires_at),
    }


def context(found: Cart) -> ContextOut:
    """For whom the prices of a cart are."""
    return {
        "market": found.market.code,
        "country": found.country,
        "currency": found.currency,
        "locale": found.locale,
        "prices_include_tax": found.market.prices_include_tax,
    }


def default_context(market: Market, country: str) -> ContextOut:
    """For whom prices are that nobody has chosen a country for."""
    return {
        "market": market.code,
        "country": country,
        "currency": market.currency,
        "locale": market.locale,
        "prices_include_tax": market.prices_include_tax,
    }


def completed_cart(found: Cart) -> CartOut:
    """A completed cart is frozen and shows only where its order is."""
    blank: CartOut = {
        "id": public_id(found),
        "status": "completed",
        "market": None,
        "currency": None,
        "country": None,
        "locale": None,
        "email": None,
        "lines": None,
        "totals": None,
        "codes": None,
        "shipping_address": None,
        "billing_address": None,
        "shipping_method": None,
        "payment": None,
        "requirements": None,
        "notices": None,
        "note": None,
        "metadata": None,
        "order_id": public(Prefix.ORDER, found.order_id) if found.order_id else None,
        "version": None,
        "created_at": None,
        "updated_at": None,
        "expires_at": None,
    }
    return blank


def _chosen(found: ShippingMethod) -> ChosenMethodOut:
    return {"id": public(Prefix.SHIPPING_METHOD, found.pk), "code": found.code, "name": found.name}


def shipping_method(found: ShippingMethod, *, currency: str) -> ShippingMethodOut:
    return {
        "id": public(Prefix.SHIPPING_METHOD, found.pk),
        "code": found.code,
        "name": found.name,
        "description": found.description or None,
        "price": money(found.price, currency),
    }


def action(found: Cart, done: Completion) -> ActionOut:
    """What the shopper has to do before the order can be placed."""
    payment, order = done.payment, done.details.order
    if payment is None or payment.next_action is None:
        raise ValueError("there is nothing to do")
    return {
        "cart_id": public_id(found),
        "order_id": public(Prefix.ORDER, order.pk),
        "order_token": orders.token_of(order),
        "payment": {
            "id": public(Prefix.PAYMENT, payment.pk),
            "status": "requires_action",
            "provider": payment.provider,
            "client_secret": _client_secret(payment.next_action),
        },
        "next_action": _next_action(payment.next_action),
        "expires_at": stamp(order.expires_at) if order.expires_at else None,
    }


def _next_action(required: NextAction) -> RedirectActionOut | ClientSecretActionOut:
    match required:
        case Redirect(url, return_url):
            return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
        case ClientSecret():
            return {"type": "use_stripe_sdk"}


def _client_secret(required: NextAction) -> str | None:
    return required.client_secret if isinstance(required, ClientSecret) else None


def _line(line: CartLine, quoted: QuotedLine | None, priced: Priced) -> LineOut:
    currency = priced.cart.currency
    known = priced.sellables.get(line.variant_id)
    zero = Money.zero(currency)
    return {
        "id": public(Prefix.LINE, line.pk),
        "variant_id": public(Prefix.VARIANT, line.variant_id),
        "product": _product(known),
        "sku": known.sku if known else None,
        "name": (known.variant_name or None) if known else None,
        "options": dict(known.options) if known else {},
        "quantity": line.quantity,
        "unit_price": _money(quoted.item.unit_price if quoted else zero),
        "compare_at": _money(quoted.item.compare_at) if quoted and quoted.item.compare_at else None,
        "subtotal": _money(quoted.subtotal if quoted else zero),
        "discount": _money(quoted.discount if quoted else zero),
        "tax": _money(quoted.tax if quoted else zero),
        "total": _money(quoted.total if quoted else zero),
        "discounts": [
            {"code": each.code, "name": each.name, "amount": _money(each.amount)}
            for each in (quoted.shares if quoted else ())
        ],
        "tax_lines": [
            {
                "name": each.name,
                "rate": f"{each.percent:.2f}",
                "base": _money(each.base),
                "amount": _money(each.amount),
            }
            for each in (quoted.tax_lines if quoted else ())
        ],
        "notices": _notices_of(line.pk, priced.notices),
        "metadata": line.metadata,
    }


def _product(known: Sellable | None) -> ProductRefOut | None:
    if known is None:
        return None
    return {
        "id": public(Prefix.PRODUCT, known.product_id),
        "slug": known.product_slug,
        "name": known.product_name,
        "image": picture(known.image) if known.image else None,
    }


def _totals(quote: Quote) -> TotalsOut:
    return {
        "subtotal": _money(quote.subtotal),
        "discount_total": _money(quote.discount_total),
        "shipping_total": _money(quote.shipping_total),
        "tax_total": _money(quote.tax_total),
        "total": _money(quote.total),
        "gift_card_total": _money(Money.zero(quote.total.currency)),
        "amount_due": _money(quote.total),
    }


def _codes(priced: Priced) -> list[CodeOut]:
    code = priced.cart.code
    if code is None:
        return []
    amount = sum((each.amount for each in priced.quote.reduction_totals), Money.zero(priced.cart.currency))
    return [
        {
            "id": public(Prefix.DISCOUNT_CODE, code.pk),
            "type": "discount",
            "code": code.code,
            "amount": _money(amount),
        }
    ]


def _notices_of(line_id: UUID, notices: Iterable[Notice]) -> list[NoticeOut]:
    return [_notice(each) for each in notices if each.line_id == line_id]


def _notice(found: Notice) -> NoticeOut:
    return {
        "code": found.code,
        "line_id": public(Prefix.LINE, found.line_id) if found.line_id else None,
        "message": translate(found.message, found.params),
        "params": dict(found.params) if found.params else None,
    }


def _money(amount: Money) -> MoneyOut:
    return money(amount.minor, amount.currency)


def payment_method(found: Method) -> PaymentMethodOut:
    return {
        "code": found.code,
        "name": found.name,
        "kind": found.kind,
        "provider": found.provider,
        "publishable_key": found.publishable_key,
        "supports_saving": found.supports_saving,
    }
