"""Saving whole products: catalog, prices and stock, in one transaction and in this order, so that stock levels are
locked last and for the shortest time."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from shop.assortment.types import UNCHANGED, ProductInput, SavedProduct, VariantOffer
from shop.catalog.drafts import Written
from shop.catalog.models import Image, Product, Variant
from shop.catalog.operations import images
from shop.catalog.operations.products import create, edit, write_all
from shop.inventory import operations as inventory
from shop.inventory.models import Location, StockLevel
from shop.inventory.queries import main_location
from shop.kernel.money import Money
from shop.platform.actors import ANONYMOUS, Actor
from shop.pricing.models import Price, PriceList
from shop.pricing.operations import set_prices, withdraw_prices

Offers = Mapping[Variant, VariantOffer]


@transaction.atomic
def save_product(
    product: Product | None, details: ProductInput, *, price_list: PriceList, reason: str, actor: Actor
) -> Written:
    """Save one product (None creates it), with prices on the list and stock at the main location.

    Raises Stale when the product has changed since it was read, and as `save_products`.
    """
    draft = details.draft
    written = edit(product, draft, without_images=details.removed_images) if product else create(draft)
    for image in Image.objects.filter(product=written.product, pk__in=list(details.replaced_files)):
        images.place(image, details.replaced_files[image.pk])
    _save_offers(_offers([written], [details]), price_list=price_list, location=None, reason=reason, actor=actor)
    return written


@transaction.atomic
def save_products(
    products: Sequence[ProductInput],
    *,
    price_list: PriceList,
    location: Location | None = None,
    reason: str,
    actor: Actor = ANONYMOUS,
    leave_out_taken_skus: bool = False,
) -> list[SavedProduct]:
    """Create or update the product of each draft's slug, with prices on the list and stock at the location (None is
    the main one), all or none, in a number of statements that does not depend on how many products there are.

    Raises as `catalog.write_all`, `pricing.set_prices` and `inventory.take_stock` do.
    """
    written = write_all([each.draft for each in products], leave_out_taken_skus=leave_out_taken_skus)
    offers = _offers(written, products)
    changed = _save_offers(offers, price_list=price_list, location=location, reason=reason, actor=actor)
    return [
        SavedProduct(product, product.changed or any(variant.pk in changed for variant in product.variants))
        for product in written
    ]


def _offers(written: Sequence[Written], products: Sequence[ProductInput]) -> Offers:
    return {
        saved.variants[at]: offer
        for saved, details in zip(written, products, strict=True)
        for at, offer in details.offers.items()
    }


def _save_offers(
    offers: Offers, *, price_list: PriceList, location: Location | None, reason: str, actor: Actor
) -> set[UUID]:
    """Write prices and stock, and return the ids of the variants where one of them has changed."""
    changed = _save_prices(offers, price_list)
    changed |= _receive(offers, location=location, reason=reason, actor=actor)
    changed |= _count(offers, location=location, reason=reason, actor=actor)
    return changed


def _save_prices(offers: Offers, price_list: PriceList) -> set[UUID]:
    stated = {row.pk: offer for row, offer in offers.items() if _states_price(offer)}
    stored = _known_prices(stated, price_list)
    prices: dict[UUID, tuple[Money, Money | None]] = {}
    for key, offer in stated.items():
        amount, before = stored.get(key, (None, None))
        price = amount if offer.price is UNCHANGED else offer.price
        compare_at = before if offer.compare_at is UNCHANGED else offer.compare_at
        if price is None:
            continue
        if UNCHANGED in (offer.price, offer.compare_at) and compare_at is not None and compare_at <= price:
            compare_at = None
        prices[key] = (price, compare_at)
    changed = set(set_prices(price_list, prices)) if prices else set()
    withdrawn = [key for key, offer in stated.items() if offer.price is None]
    if withdrawn and withdraw_prices(price_list, withdrawn):
        changed.update(withdrawn)
    return changed


def _states_price(offer: VariantOffer) -> bool:
    return offer.price is not UNCHANGED or offer.compare_at is not UNCHANGED


def _known_prices(
    stated: Mapping[UUID, VariantOffer], price_list: PriceList
) -> dict[UUID, tuple[Money | None, Money | None]]:
    """Return the current price and compare-at price of the variants for which only one of them is stated."""
    partial = [key for key, offer in stated.items() if UNCHANGED in (offer.price, offer.compare_at)]
    rows = Price.objects.filter(price_list=price_list, variant__in=partial) if partial else ()
    currency = price_list.currency
    return {
        row.variant_id: (
            Money(row.amount, currency),
            Money(row.compare_at, currency) if row.compare_at is not None else None,
        )
        for row in rows
    }


def _receive(offers: Offers, *, location: Location | None, reason: str, actor: Actor) -> set[UUID]:
    received = {row.pk: offer.received for row, offer in offers.items() if offer.received}
    if received:
        inventory.receive_all(received, location=location, reason=reason, actor=actor)
    return set(received)


def _count(offers: Offers, *, location: Location | None, reason: str, actor: Actor) -> set[UUID]:
    """Set the counted or opening stock and the backorder limit of tracked variants, and return which stock changed."""
    tracked = {row: offer for row, offer in offers.items() if row.track_inventory and _states_stock(offer)}
    if not tracked:
        return set()
    place = location or main_location()
    levels = StockLevel.objects.filter(variant__in=[row.pk for row in tracked], location=place)
    current = {level.variant_id: level for level in levels}
    stated: dict[UUID, int] = {}
    for row, offer in tracked.items():
        quantity = offer.on_hand if offer.on_hand is not None or row.pk in current else offer.opening
        if quantity is not None:
            stated[row.pk] = quantity
    counted = {
        key: quantity for key, quantity in stated.items() if key not in current or current[key].on_hand != quantity
    }
    limits = {
        row.pk: offer.backorder_limit
        for row, offer in tracked.items()
        if offer.backorder_limit and row.may_backorder and (row.pk not in current or not current[row.pk].backorder_room)
    }
    locked = counted | {key: stated[key] for key in limits if key in stated}
    if locked:  # one call locks all levels, in the order that all callers use
        inventory.take_stock(locked, location=place, reason=reason, actor=actor)
    for variant_id in sorted(limits):
        inventory.set_backorder_room(variant_id, room=limits[variant_id], location=place)
    return set(counted)


def _states_stock(offer: VariantOffer) -> bool:
    return any(value is not None for value in (offer.on_hand, offer.opening, offer.backorder_limit))
