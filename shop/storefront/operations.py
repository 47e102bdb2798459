"""A product with its prices and stock, as a shopkeeper writes it: in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from shop.catalog.drafts import ProductDraft, Written
from shop.catalog.models import Image, Product
from shop.catalog.operations import images
from shop.catalog.operations.products import create, edit
from shop.catalog.pictures import Kept
from shop.inventory import operations as inventory
from shop.kernel.money import Money
from shop.platform.actors import Actor
from shop.pricing.operations import base_list, set_prices, withdraw_prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A product as it shall be. What is said of variants goes by their place in the draft; what is not said stays."""

    draft: ProductDraft
    currency: str
    prices: Mapping[int, tuple[Money, Money | None] | None] = field(default_factory=dict)
    """What a variant costs and what it cost before, in the currency's ordinary prices; None takes the price away."""
    received: Mapping[int, int] = field(default_factory=dict)
    """So many more lie at the main location."""
    without_images: tuple[UUID, ...] = ()
    other_files: Mapping[UUID, Kept] = field(default_factory=dict)
    """Pictures whose file is another."""


@transaction.atomic
def save_product(product: Product | None, sheet: Sheet, *, actor: Actor) -> Written:
    """The product (None makes a new one), its prices and its stock are what the sheet says, or nothing has changed.

    Raises as create, edit, set_prices and receive do.
    """
    written = edit(product, sheet.draft, without_images=sheet.without_images) if product else create(sheet.draft)
    ids = [each.pk for each in written.variants]
    if sheet.prices:
        ordinary = base_list(sheet.currency)
        set_prices(ordinary, {ids[at]: price for at, price in sheet.prices.items() if price is not None})
        withdraw_prices(ordinary, [ids[at] for at, price in sheet.prices.items() if price is None])
    came = {ids[at]: quantity for at, quantity in sheet.received.items()}
    inventory.receive_all(came, reason="entered with the product", actor=actor)
    others = Image.objects.filter(product=written.product, pk__in=list(sheet.other_files))
    for image in others:
        images.place(image, sheet.other_files[image.pk])
    return written
