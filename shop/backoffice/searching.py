"""What the search of every page of the admin finds besides pages: orders, products and people."""

from typing import Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from shop.accounts.models import User
from shop.catalog.models import Product
from shop.orders.models import Order

SEARCHED: Final = ((Order, "Order"), (Product, "Product"), (User, "Account"))
MOST: Final = 8


def results(request: HttpRequest, text: str) -> list[SearchResult]:
    """The newest of each kind that the list of that kind finds, for whoever may see it."""
    return [
        SearchResult(
            title=str(row),
            description=kind,
            link=reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk]),
            icon=None,
        )
        for model, kind in SEARCHED
        for row in _rows(request, model, text)
    ]


def _rows(
    request: HttpRequest, model: type[Order] | type[Product] | type[User], text: str
) -> list[Order | Product | User]:
    site = admin.site._registry[model]
    if not site.has_view_permission(request):
        return []
    rows, has_duplicates = site.get_search_results(request, site.get_queryset(request), text)
    found = rows.order_by("-pk")
    return list(found.distinct()[:MOST] if has_duplicates else found[:MOST])
