"""Descriptions that were stored by an earlier rule."""

from typing import Any, Final

from django.db.models import F, Model, Q

from shop.catalog.models import Category, Product
from shop.catalog.operations.columns import clean_html
from shop.platform.clock import now

KINDS: Final[tuple[type[Model], ...]] = (Product, Category)
SHOWING: Final = Q(description_html__icontains="src=") | Q(description_html__icontains="cite=")


def clean_descriptions(batch: int = 500) -> int:
    """Every description is as `clean_html` leaves it now. Says how many were not; it can be ended and repeated."""
    return sum(_cleaned(kind, batch) for kind in KINDS)


def _cleaned(kind: Any, batch: int) -> int:
    count, rest = 0, kind.objects.filter(SHOWING).order_by("pk")
    while rows := list(rest.values_list("pk", "description_html")[:batch]):
        rest = rest.filter(pk__gt=rows[-1][0])
        for pk, before in rows:
            clean = clean_html(before)
            if clean != before:  # and nobody has written another meanwhile
                count += kind.objects.filter(pk=pk, description_html=before).update(
                    description_html=clean, version=F("version") + 1, updated_at=now()
                )
    return count
