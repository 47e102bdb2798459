"""What the store still needs before customers can do what it offers them."""

from shop.payments import operations as payments
from shop.stores.models import Store


def missing(store: Store) -> list[str]:
    """A sentence for each thing that is missing: where to pay, if orders are paid outside the shop."""
    offline = [method.name for method in payments.methods() if method.kind == "offline"]
    if store.payment_instructions.strip() or not offline:
        return []
    return [f"{' and '.join(offline)} has no payment instructions: customers are not told where to pay."]
