"""Finding orders as staff do: by number, name, e-mail address, SKU or city."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from shop.accounts.models import email_key
from shop.orders.models import Order, OrderLine
from shop.orders.numbers import ALPHABET, LENGTH

PARTS: Final = ("first_name", "last_name", "company", "city")
MOST_WORDS: Final = 10
CLOCKS_DIFFER: Final = timedelta(days=1)


def searchable(text: str) -> str:
    """The text without case and accents, so that "muller" finds Müller: the same on every database."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def search_text(email: str, addresses: Iterable[Mapping[str, Any] | None], skus: Iterable[str | None]) -> str:
    """What an order with these can be found by."""
    known = [str(address.get(part) or "") for address in addresses if address for part in PARTS]
    return searchable(" ".join(dict.fromkeys([email, *known, *(sku or "" for sku in skus)])))


def found(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """The orders whose number begins like this, or that have each of its words; all of them for no words."""
    words = searchable(text).split()[:MOST_WORDS]
    if not words:
        return orders
    fits = Q()
    for word in words:
        fits &= Q(search_text__contains=word)
    number = _number(text)
    return orders.filter(fits | Q(number__startswith=number)) if number else orders.filter(fits)


def numbered(orders: QuerySet[Order], numbers: Sequence[str]) -> QuerySet[Order]:
    """The orders with these numbers, in whatever case and with whatever separators they are typed."""
    return orders.filter(number__in=[_number(each) for each in numbers])


def with_email(orders: QuerySet[Order], email: str) -> QuerySet[Order]:
    """The orders of this email address, in any spelling."""
    return orders.filter(email_key=email_key(email))


def placed_before(orders: QuerySet[Order], at: datetime) -> QuerySet[Order]:
    """The orders that were placed before this time.

    An order is placed after it was made, by clocks that may differ: so a list by `created_at` begins there.
    """
    return orders.filter(placed_at__lt=at, created_at__lt=at + CLOCKS_DIFFER)


def with_skus(orders: QuerySet[Order], skus: Sequence[str]) -> QuerySet[Order]:
    """The orders that have a line with any of these SKUs."""
    return orders.filter(pk__in=OrderLine.objects.filter(sku__in=skus).values("order_id"))


def _number(text: str) -> str:
    """The beginning of a number as it is stored, with whatever separators it was typed; nothing if it can be none."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) < 3 or len(letters) > LENGTH or not set(letters) <= set(ALPHABET):
        return ""
    return f"{letters[:5]}-{letters[5:]}" if len(letters) > 5 else letters


def index(batch: int = 500) -> int:
    """Every order can be found. Says for how many that was new; to be repeated after an interruption."""
    count, rest = 0, Order.objects.filter(search_text="").order_by("pk")
    while rows := list(rest[:batch]):
        rest = rest.filter(pk__gt=rows[-1].pk)
        skus: dict[Any, list[str]] = {}
        for order_id, sku in OrderLine.objects.filter(order__in=rows).values_list("order_id", "sku"):
            skus.setdefault(order_id, []).append(sku or "")
        for row in rows:
            row.search_text = search_text(row.email, (row.shipping_address, row.billing_address), skus.get(row.pk, []))
        count += Order.objects.bulk_update(rows, ["search_text"])
    return count
