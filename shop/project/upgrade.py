"""What rows of an earlier version need, in order: `manage.py upgrade` does it."""

from shop.catalog.jobs import clean_all_pictures
from shop.catalog.operations.descriptions import clean_descriptions
from shop.checkout.operations import carts
from shop.orders import operations as orders
from shop.orders import search
from shop.orders.models import Order
from shop.payments.operations import gateway_credentials
from shop.platform import statistics
from shop.platform.upgrading import Outcome
from shop.pricing import history
from shop.pricing.models import PriceHistory
from shop.promotions import operations as promotions


def discount_codes() -> Outcome:
    """Codes are compared as `code_key` does it now."""
    changed, alike = promotions.renew_keys()
    return Outcome(
        f"Discount codes: {changed} updated." if changed else "Discount codes: up to date.",
        [
            f"the discount codes {_listed(codes)} differ only in spaces, hyphens or case, so each works only exactly "
            "as written. Rename or delete all but one in the back office."
            for codes in alike
        ],
    )


def discount_uses() -> Outcome:
    """Uses of codes that are once per customer count for whoever the address is known to belong to."""
    proven = orders.prove_older_codes()
    return Outcome(f"Discount uses: {proven} updated." if proven else "Discount uses: up to date.")


def descriptions() -> Outcome:
    """Descriptions show no pictures from elsewhere."""
    cleaned = clean_descriptions()
    return Outcome(f"Descriptions: {cleaned} cleaned." if cleaned else "Descriptions: up to date.")


def price_history() -> Outcome:
    """Every public price has its row."""
    written = history.record_all()
    if written:
        statistics.refresh([PriceHistory])
    return Outcome(f"Price history: {written} prices recorded." if written else "Price history: up to date.")


def encryption() -> Outcome:
    """What a former SECRET_KEY has encrypted is encrypted with the current one."""
    count = carts.reencrypt() + orders.reencrypt() + gateway_credentials.reencrypt()
    return Outcome(f"Encryption: {count} updated." if count else "Encryption: up to date.")


def search_of_orders() -> Outcome:
    """Every order is found by name, SKU and city."""
    found = search.index()
    if found:
        statistics.refresh([Order])
    return Outcome(f"Order search: {found} orders indexed." if found else "Order search: up to date.")


def pictures() -> Outcome:
    """Stored pictures are clean, or the worker is at it."""
    new = clean_all_pictures()
    return Outcome("Pictures: queued for the worker." if new else "Pictures: up to date.")


STEPS = (discount_codes, discount_uses, descriptions, price_history, search_of_orders, pictures, encryption)


def _listed(words: tuple[str, ...]) -> str:
    quoted = [f"“{word}”" for word in words]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
