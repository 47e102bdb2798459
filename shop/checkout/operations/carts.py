"""Opening, changing, merging carts.

Every change begins by raising the cart's version in one guarded UPDATE: that holds the row until the commit, so that
changes of one cart come one after the other, and refuses once a payment is under way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction

from shop.accounts.models import User
from shop.checkout import pricing, queries
from shop.checkout.errors import (
    CartCompleted,
    CountryNotServed,
    CurrencyNotServed,
    MetadataTooLarge,
    ShippingMethodUnavailable,
)
from shop.checkout.models import Cart, CartLine
from shop.kernel.errors import FieldsWrong, NotFound, Problem, Refusal
from shop.kernel.ids import Prefix, digest, private, public, unguessable
from shop.orders.presenters import POSTAL
from shop.payments.errors import PaymentInProgress
from shop.platform import metadata, reencryption
from shop.platform.clock import now
from shop.platform.keys import locked, unlocked
from shop.platform.records import Stale
from shop.shipping import queries as shipping
from shop.shipping.models import ShippingMethod
from shop.stores import addresses
from shop.stores import queries as stores
from shop.stores.limits import LARGEST_METADATA
from shop.stores.models import Market

LIFE = timedelta(days=90)
KEY = "cart id"
ADDRESSES = frozenset({"shipping_address", "billing_address"})
NO_ADDRESS: Mapping[str, None] = dict.fromkeys(POSTAL)
CLOSED: Mapping[str, type[Refusal]] = {
    Cart.Status.COMPLETING: PaymentInProgress,
    Cart.Status.COMPLETED: CartCompleted,
    Cart.Status.MERGED: NotFound,
}
"""Why a cart that is not open can't be changed."""


def market_of(*, country: str | None, currency: str | None, field: str = "country") -> tuple[Market, str]:
    """The market that serves a country, and the country; without one the default market's own.

    Raises CountryNotServed, which names the field that the country comes from, and CurrencyNotServed.
    """
    if country is None:
        market = Market.objects.filter(is_default=True).first()
        country = stores.market_and_country(None)[1] if market else ""
    else:
        market = Market.objects.filter(countries__country=country).first()
    if market is None:
        raise CountryNotServed(field=field)
    if currency is not None and currency != market.currency:
        raise CurrencyNotServed(field="currency", params={"currency": market.currency})
    return market, country


def open_cart(*, user_id: UUID | None, country: str | None, currency: str | None, **said: Any) -> tuple[Cart, bool]:
    """Return a cart with these values, and whether it is new. A customer has one: concurrent requests get the same.

    Raises CountryNotServed, CurrencyNotServed, FieldsWrong.
    """
    found = queries.open_cart_of(user_id) if user_id is not None else None
    if found is not None:
        return found, False
    country, field = meant(country, said.get("shipping_address"))
    with _told_with(lambda: _settled(said, country or "")):
        market, country = market_of(country=country, currency=currency, field=field)
    said = _settled(said, country)
    user = User.objects.get(pk=user_id) if user_id else None
    cart = Cart(
        **{"email": user.email if user else "", **said, "locale": stores.spoken(market, said.get("locale"))},
        **new_capability(),
        user=user,
        market=market,
        country=country,
        currency=market.currency,
        expires_at=now() + LIFE,
    )
    if user is None:
        cart.save(force_insert=True)
        return cart, True
    try:
        with transaction.atomic():
            cart.save(force_insert=True)
    except IntegrityError:  # cart_one_open_per_user: a concurrent request opened it
        other = queries.open_cart_of(user.pk)
        if other is None:
            raise
        return other, False
    return cart, True


def meant(country: str | None, address: Mapping[str, Any] | None) -> tuple[str | None, str]:
    """The country that a cart is for, and the field that says so: the one that is named, else where it is shipped."""
    destination = (address or {}).get("country")
    return (country or None, "country") if country or not destination else (destination, "shipping_address.country")


def method_of(cart: Cart, public_id: str) -> ShippingMethod:
    """The shipping method of this id, if it fits the cart. Raises ShippingMethodUnavailable."""
    try:
        key = private(Prefix.SHIPPING_METHOD, public_id)
    except NotFound:
        raise ShippingMethodUnavailable(field="shipping_method_id") from None
    for method in shipping.methods(cart.market_id):
        if method.pk == key:
            return method
    raise ShippingMethodUnavailable(field="shipping_method_id")


def new_capability() -> dict[str, Any]:
    """The columns of a public id that nobody has yet."""
    fresh = public(Prefix.CART, unguessable())
    return {"digest": digest(fresh), "secret": locked(fresh.encode(), purpose=KEY)}


def public_id(cart: Cart) -> str:
    """Return the capability of the cart, for its owner's eyes: the one it was asked for by, or the stored one.

    A stored one that no SECRET_KEY can decrypt any more is replaced by a new one.
    """
    presented = cart.presented_id
    if presented is not None and digest(presented) == cart.digest:
        return presented
    try:
        return _stored_id(cart)
    except InvalidToken:
        Cart.objects.filter(pk=cart.pk, digest=cart.digest).update(**new_capability())  # the ETag has the id
        cart.refresh_from_db(fields=["digest", "secret"])  # a concurrent request may have been first
        return _stored_id(cart)


def _stored_id(cart: Cart) -> str:
    return unlocked(cart.secret, purpose=KEY).decode()


def reencrypt() -> int:
    """Encrypt ids with the current SECRET_KEY where a former one has encrypted them; return how many."""
    return reencryption.reencrypt(Cart.objects.all(), "secret", purpose=KEY)


def touch(cart: Cart, *, expected_version: int | None = None, **changes: Any) -> None:
    """The cart has these values and a higher version, its row is held until the commit, and `cart` is as the row is.

    Raises CartCompleted or PaymentInProgress when it can't be changed any more, NotFound for one that was merged or
    whose id is dead, Stale when its version is not the expected one.
    """
    rewrite(cart, lambda _: changes, expected_version=expected_version)


def rewrite(
    cart: Cart, values_for: Callable[[Cart], Mapping[str, Any]], *, expected_version: int | None = None
) -> None:
    """As `touch`, with values that follow from those that the cart has at that moment.

    They may follow from its lines too: whoever changes those raises the version, and then they are asked for again.
    """
    refuse_stale(cart, expected_version)
    if not _write(cart, values_for(cart)):  # somebody changed it meanwhile: hold the row, then look again
        list(Cart.objects.select_for_update(no_key=True).filter(pk=cart.pk).values_list("pk"))
        cart.__dict__.update(queries.again(cart).__dict__)
        refuse_stale(cart, expected_version)
        if not _write(cart, values_for(cart)):
            raise CLOSED[cart.status]()


def refuse_stale(cart: Cart, expected_version: int | None) -> None:
    """Raises Stale when a version is expected and the cart has another."""
    if expected_version is not None and cart.version != expected_version:
        raise Stale()


def _write(cart: Cart, changes: Mapping[str, Any]) -> bool:
    unchanged = Cart.objects.filter(pk=cart.pk, status=Cart.Status.OPEN, version=cart.version)
    return bool(unchanged.changed(**changes, expires_at=now() + LIFE, instance=cart))


@transaction.atomic
def change(cart: Cart, changes: Mapping[str, Any]) -> None:
    """The cart has these values. Another country may mean another market and other prices: unless it is named, it is
    the one that the cart is shipped to.

    Raises CountryNotServed, CurrencyNotServed, MetadataTooLarge, CartCompleted, PaymentInProgress, and
    FieldsWrong for an address that can't be one in its country.
    """
    market_id = cart.market_id
    rewrite(cart, lambda current: _judged(current, changes))
    if cart.market_id != market_id:
        _agree_again(cart)


@transaction.atomic
def patch(cart: Cart, sent: Mapping[str, Any], *, expected_version: int | None = None) -> None:
    """As `change`, with addresses and metadata merged into those that the cart has (RFC 7396).

    Raises FieldsWrong for too many pairs of metadata, Stale, and what `change` raises.
    """
    market_id = cart.market_id
    rewrite(cart, lambda current: _judged(current, sent, merge=_merged), expected_version=expected_version)
    if cart.market_id != market_id:
        _agree_again(cart)


def _judged(
    cart: Cart,
    sent: Mapping[str, Any],
    *,
    merge: Callable[[Cart, Mapping[str, Any]], Mapping[str, Any]] = lambda _, sent: sent,
) -> dict[str, Any]:
    """The values as they are stored. Raises CountryNotServed, CurrencyNotServed, FieldsWrong and MetadataTooLarge."""
    with _told_with(lambda: _settled({**sent, **merge(cart, sent)}, cart.country)):
        placed = _placed(cart, sent)
    return _bounded(cart, _settled({**sent, **merge(cart, sent), **placed}, cart.country))


@contextmanager
def _told_with(settle: Callable[[], object]) -> Iterator[None]:
    """A country that is not served is refused together with what is wrong with the addresses."""
    try:
        yield
    except CountryNotServed as refused:
        try:
            settle()
        except FieldsWrong as wrong:
            raise CountryNotServed(field=refused.problem.field, others=wrong.problems) from None
        raise


def _settled(values: Mapping[str, Any], country: str) -> dict[str, Any]:
    """The values with their addresses in the form of their country. Raises FieldsWrong with all that can't be."""
    found = dict(values)
    problems: list[Problem] = []
    for name in sorted(ADDRESSES & values.keys()):
        try:
            here = values.get("country") or country
            found[name] = values[name] and addresses.settled(values[name], place=name, country_code=here)
        except FieldsWrong as wrong:
            problems += wrong.problems
    if problems:
        raise FieldsWrong(problems)
    return found


def _bounded(cart: Cart, values: dict[str, Any]) -> dict[str, Any]:
    """The values, unless their metadata is too large together with that of the lines. Raises MetadataTooLarge."""
    if "metadata" in values:
        of_lines = list(CartLine.objects.filter(cart=cart).values_list("metadata", flat=True))
        refuse_large_metadata([values["metadata"], *of_lines], before=[cart.metadata, *of_lines])
    return values


def refuse_large_metadata(
    after: Sequence[Mapping[str, str]], *, before: Sequence[Mapping[str, str]] = (), field: str = "metadata"
) -> None:
    """Raises MetadataTooLarge, naming the field that is to blame, when this is over 16 KiB and more than before."""
    size = metadata.size(after)
    if size > LARGEST_METADATA and size > metadata.size(before):
        raise MetadataTooLarge(field, size=size)


def _agree_again(cart: Cart) -> None:
    """Every line has the price of the cart's new market: whoever goes there has asked for it."""
    lines = list(CartLine.objects.filter(cart=cart).order_by("id"))
    pricing.agree(pricing.price(cart, lines=tuple(lines)), lines)
    CartLine.objects.bulk_update(lines, ["unit_price"])


def _merged(cart: Cart, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the cart's values that are objects, after the merge; null clears the whole of one."""
    values: dict[str, Any] = {}
    for name in ADDRESSES & sent.keys():
        stored = getattr(cart, name)
        merged = None if sent[name] is None else {**NO_ADDRESS, **addresses.merged(stored, sent[name])}
        values[name] = merged
    if "metadata" in sent:
        values["metadata"] = metadata.patched(cart.metadata, sent["metadata"])
    return values


def _placed(cart: Cart, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the changes about the cart's market. Raises CountryNotServed and CurrencyNotServed."""
    values: dict[str, Any] = {}
    locale = changes.get("locale")
    country, field = meant(changes.get("country"), changes.get("shipping_address"))
    if "currency" in changes or country not in (None, cart.country):
        market, country = market_of(country=country or cart.country, currency=changes.get("currency"), field=field)
        values |= {"market": market, "country": country, "currency": market.currency}
        if market.pk != cart.market_id:
            values["shipping_method"] = None
            locale = changes.get("locale", cart.locale)
    if locale is not None:
        values["locale"] = stores.spoken(values.get("market", cart.market), locale)
    return values


def expire() -> None:
    """Delete expired carts, except those that are being completed."""
    Cart.objects.filter(expires_at__lte=now()).exclude(status=Cart.Status.COMPLETING).delete()
