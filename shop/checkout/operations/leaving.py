"""A customer leaves: the carts go with the account, for they hold a name, an address and what was wanted."""

from uuid import UUID

from shop.accounts.errors import AccountBusy
from shop.accounts.ports import on_leaving
from shop.checkout.models import Cart


@on_leaving
def delete_carts(user_id: UUID) -> None:
    """No cart of the customer is left. Raises AccountBusy while one is being paid."""
    carts = list(Cart.objects.select_for_update().filter(user_id=user_id).order_by("pk"))
    if any(cart.status == Cart.Status.COMPLETING for cart in carts):
        raise AccountBusy()
    Cart.objects.filter(pk__in=[cart.pk for cart in carts]).delete()
