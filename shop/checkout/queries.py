"""Finding carts: by their capability, or by whose they are."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from shop.checkout.models import Cart
from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix, digest, private
from shop.orders.models import Order
from shop.platform.actors import Actor

OPEN = (Cart.Status.OPEN, Cart.Status.COMPLETING)


def cart(public_id: str, *, seen_by: Actor) -> Cart:
    """The cart of this capability; one that belongs to a customer only for that customer. Raises NotFound."""
    private(Prefix.CART, public_id)
    found = _one(_related().filter(digest=digest(public_id)).exclude(status=Cart.Status.MERGED))
    if found is None or (found.user_id is not None and found.user_id != seen_by.user_id):
        raise NotFound()
    found.presented_id = public_id
    return found


def open_cart_of(user_id: UUID) -> Cart | None:
    """The one cart that the customer has open, if any."""
    return _one(_related().filter(user_id=user_id, status__in=OPEN))


def again(found: Cart) -> Cart:
    """The same cart as it is in the database now. Raises NotFound when the id that it was found by is dead."""
    row = _one(_related().filter(pk=found.pk, digest=found.digest))
    if row is None:
        raise NotFound()
    row.presented_id = found.presented_id
    return row


def _related() -> QuerySet[Cart]:
    """With all that a cart's answer needs. An order and its bill are asked for only where there is one: hardly any cart
    that is read has become an order, and their seventy columns cost more than all others."""
    rows = Cart.objects.select_related("market", "user", "shipping_method", "code__promotion__group")
    return rows.prefetch_related(Prefetch("order", Order.objects.select_related("bill")))


def _one(rows: QuerySet[Cart]) -> Cart | None:
    """The row, of which there is at most one: unlike `first()`, it sorts by nothing, which costs more than the rest of
    composing so wide a statement."""
    return next(iter(rows[:1]), None)
