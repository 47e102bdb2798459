"""What the store still needs before customers can do what it offers them."""

from shop.payments import operations as payments
from shop.stores.models import Store


def missing(store: Store) -> list[str]:
    """A sentence for each thing that is missing: where to pay, if orders are paid outside the shop, and credentials."""
    sentences = [
        f"The gateway {provider} has no credentials: its payment methods are not offered."
        for provider in payments.without_credentials()
    ]
    offline = [method.name for method in payments.methods() if method.kind == "offline"]
    if offline and not store.payment_instructions.strip():
        sentences.append(f"{' and '.join(offline)} has no payment instructions: customers are not told where to pay.")
    return sentences
