"""Cleaning descriptions that were stored under an earlier version of the rule."""

from typing import Any, Final

from django.db.models import Model, Q

from shop.catalog.models import Category, Product
from shop.catalog.operations.columns import clean_html

KINDS: Final[tuple[type[Model], ...]] = (Product, Category)
SHOWING: Final = Q(description_html__icontains="src=") | Q(description_html__icontains="cite=")


def clean_descriptions(batch: int = 500) -> int:
    """Apply `clean_html` to all stored descriptions; return how many changed. It can be interrupted and repeated."""
    return sum(_cleaned(kind, batch) for kind in KINDS)


def _cleaned(kind: Any, batch: int) -> int:
    count, rest = 0, kind.objects.filter(SHOWING).order_by("pk")
    while rows := list(rest.values_list("pk", "description_html")[:batch]):
        rest = rest.filter(pk__gt=rows[-1][0])
        for pk, before in rows:
            clean = clean_html(before)
            if clean != before:  # the condition on the old text leaves out rows that were changed in the meantime
                count += kind.objects.filter(pk=pk, description_html=before).changed(description_html=clean)
    return count
