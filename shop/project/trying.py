"""What takes the place of the ids in the document's examples, so that a shop in development can be tried out."""

from collections.abc import Mapping

from django.db import DatabaseError

from shop.checkout.api.examples import OPEN_CART, SHIPPING_METHOD, VARIANT
from shop.kernel.errors import Refusal
from shop.kernel.ids import Prefix, public
from shop.platform.keyset import PageRequest
from shop.shipping import queries as shipping
from shop.storefront import queries
from shop.storefront.api.storefront import EXAMPLE_PRODUCT
from shop.storefront.context import context
from shop.storefront.types import Filters


def stand_ins() -> Mapping[str, str]:
    """The cheapest variant in stock, its product, and a shipping method of its market; nothing where there are none."""
    try:
        here = context(country=str(OPEN_CART["country"]), currency=None, locale=None)
        cards = queries.cards(context=here, filters=Filters(in_stock=True), sort=["price"], page=PageRequest(1)).items
        methods = shipping.methods(here.market.pk)
    except (DatabaseError, Refusal):  # no table yet, or not sold there
        return {}
    found: dict[str, str] = {}
    for card in cards:
        for offer in [each for each in card.offers if each.availability.max_quantity][:1]:
            found[VARIANT] = public(Prefix.VARIANT, offer.variant_id)
            found[f'"example":"{EXAMPLE_PRODUCT}"'] = f'"example":"{card.row["slug"]}"'
    for method in methods[:1]:
        found[SHIPPING_METHOD] = public(Prefix.SHIPPING_METHOD, method.pk)
    return found
