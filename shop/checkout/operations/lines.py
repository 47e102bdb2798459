"""What is in a cart. Whoever changes it has seen what merging had to leave out: that notice is gone then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from shop.checkout import pricing
from shop.checkout.errors import CartFull, QuantityTooLarge, VariantUnavailable
from shop.checkout.models import Cart, CartLine, metadata_key
from shop.checkout.operations.carts import refuse_large_metadata, touch
from shop.checkout.types import Priced
from shop.inventory.errors import InsufficientStock
from shop.inventory.types import Shortage
from shop.kernel.errors import NotFound
from shop.platform import metadata
from shop.stores.limits import MOST_LINES, MOST_OF_ONE


@dataclass(frozen=True, slots=True)
class NewLine:
    """So many of one variant, wanted."""

    variant_id: UUID
    quantity: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    """The dotted path to it, where it is but a part of what was said."""

    def named(self, name: str) -> str:
        """The dotted path to one of its fields."""
        return f"{self.place}.{name}" if self.place else name


@transaction.atomic
def add(cart: Cart, wanted: Sequence[NewLine], *, expected_version: int | None = None) -> Priced:
    """All of these are in the cart, added to lines of the same variant and metadata, or none is.

    Raises QuantityTooLarge, VariantUnavailable, MetadataTooLarge, InsufficientStock, CartFull, CartCompleted,
    PaymentInProgress, Stale.
    """
    touch(cart, expected_version=expected_version, notices=[])
    return put(cart, wanted, known=list(CartLine.objects.filter(cart=cart).order_by("id")))


def put(cart: Cart, wanted: Sequence[NewLine], *, known: list[CartLine]) -> Priced:
    """As `add`, for a cart that is held already and has these lines."""
    lines = {(line.variant_id, line.metadata_key): line for line in known}
    before = [cart.metadata, *(line.metadata for line in known)]
    new, grown = {}, {}
    too_many = []
    for each in wanted:
        key = (each.variant_id, metadata_key(each.metadata))
        line = lines.get(key)
        if line is None:
            line = lines[key] = new[key] = CartLine(
                cart=cart, variant_id=each.variant_id, quantity=0, metadata=dict(each.metadata), metadata_key=key[1]
            )
        elif key not in new:
            grown[key], line.unit_price = line, None
        line.quantity += each.quantity
        if line.quantity > MOST_OF_ONE:
            too_many.append(each.named("quantity"))
    if len(lines) > MOST_LINES:
        raise CartFull(params={"max": MOST_LINES})
    if too_many:
        raise QuantityTooLarge(too_many, most=MOST_OF_ONE)
    described = next((each for each in wanted if each.metadata), None)
    if described is not None:
        after = [cart.metadata, *(line.metadata for line in lines.values())]
        refuse_large_metadata(after, before=before, field=described.named("metadata"))
    priced = pricing.price(cart, lines=tuple(lines.values()))
    _refuse_unbuyable(priced, wanted)
    _refuse_too_many(priced, of={each.variant_id for each in wanted})
    pricing.agree(priced, [*new.values(), *grown.values()])
    CartLine.objects.bulk_create(list(new.values()))
    CartLine.objects.bulk_update(list(grown.values()), ["quantity", "unit_price"])
    return priced


@transaction.atomic
def change(cart: Cart, line_id: UUID, changes: Mapping[str, Any], *, expected_version: int | None = None) -> Priced:
    """The line has this `quantity` (0 removes it), and this `metadata` merged into its own; it joins one that is the
    same then.

    Raises NotFound, QuantityTooLarge, FieldsWrong, MetadataTooLarge, InsufficientStock, CartCompleted,
    PaymentInProgress, Stale.
    """
    quantity: int | None = changes.get("quantity")
    touch(cart, expected_version=expected_version, notices=[])
    lines = list(CartLine.objects.filter(cart=cart).order_by("id"))
    line = next((each for each in lines if each.pk == line_id), None)
    if line is None:
        raise NotFound()
    if quantity == 0:
        line.delete()
        return pricing.price(cart, lines=tuple(each for each in lines if each is not line))
    grows = quantity is not None and quantity > line.quantity
    line.quantity, line.unit_price = quantity or line.quantity, None
    if "metadata" in changes:
        before = [cart.metadata, *(each.metadata for each in lines)]
        line.metadata = metadata.patched(line.metadata, changes["metadata"])
        line.metadata_key = metadata_key(line.metadata)
        twin = next((each for each in lines if each is not line and _same(each, line)), None)
        if twin is not None:
            line.quantity, grows = line.quantity + twin.quantity, True
            twin.delete()
            lines.remove(twin)
        refuse_large_metadata([cart.metadata, *(each.metadata for each in lines)], before=before)
    if line.quantity > MOST_OF_ONE:
        raise QuantityTooLarge(["metadata" if quantity is None else "quantity"], most=MOST_OF_ONE)
    priced = pricing.price(cart, lines=tuple(lines))
    if grows:
        _refuse_too_many(priced, of={line.variant_id})
    pricing.agree(priced, [line])
    line.save(update_fields=["quantity", "metadata", "metadata_key", "unit_price"])
    return priced


@transaction.atomic
def remove(cart: Cart, line_id: UUID, *, expected_version: int | None = None) -> None:
    """The line is gone. Raises NotFound, CartCompleted, PaymentInProgress, Stale."""
    touch(cart, expected_version=expected_version, notices=[])
    if not CartLine.objects.filter(cart=cart, pk=line_id).delete()[0]:
        raise NotFound()


def _same(one: CartLine, other: CartLine) -> bool:
    return (one.variant_id, one.metadata_key) == (other.variant_id, other.metadata_key)


def _refuse_unbuyable(priced: Priced, wanted: Sequence[NewLine]) -> None:
    """Everything that is wanted can be bought in the cart's market."""
    gone = {line.variant_id for line in priced.lines if line.pk in priced.unsellable}
    wrong = [each.named("variant_id") for each in wanted if each.variant_id in gone]
    if wrong:
        raise VariantUnavailable(wrong)


def _refuse_too_many(priced: Priced, *, of: set[UUID]) -> None:
    """No variant that is being added is in the cart more often than one order can have it."""
    together: dict[UUID, int] = {}
    for line in priced.lines:
        if line.variant_id in of:
            together[line.variant_id] = together.get(line.variant_id, 0) + line.quantity
    shortages = [
        Shortage(variant_id, requested, priced.availability[variant_id])
        for variant_id, requested in sorted(together.items())
        if requested > priced.availability[variant_id].shown_max
    ]
    if shortages:
        raise InsufficientStock(shortages)
