"""What staff sees first: how many people came, what waits, what went wrong. Each sees what they may see."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from shop.accounts.models import User
from shop.backoffice import gaps, sales
from shop.backoffice.cards import Card
from shop.platform.clock import now
from shop.platform.models import Job
from shop.stores import queries
from shop.stores.models import Store

DAYS = 14


def store_name(request: HttpRequest) -> str:
    """The store's name, below the product's."""
    return store_of(request).name


def store_of(request: HttpRequest) -> Store:
    """The store, read once a request."""
    known: Store | None = vars(request).get("store")
    if known is None:
        known = vars(request)["store"] = queries.store()
    return known


def environment(request: HttpRequest) -> list[str] | None:
    """A badge that tells a development server from a real one."""
    return ["Development", "warning"] if settings.DEBUG else None


def context(request: HttpRequest) -> dict[str, Any]:
    """The shop's day, the dashboard's cards, and the newest people with a count for each of the last days."""
    at = now()
    found: dict[str, Any] = {
        "cards": [*_gaps(request), *_cards(request.user, at)],
        **sales.context(request.user, at, timezone=store_of(request).timezone),
    }
    if request.user.has_perm("accounts.view_user"):
        found |= {"newest": User.objects.order_by("-created_at")[:6], "days": _days(at)}
    return found


def _gaps(request: HttpRequest) -> Iterator[Card]:
    if request.user.has_perm("stores.view_store"):
        for sentence in gaps.missing(store_of(request)):
            href = reverse("admin:stores_store_changelist")
            yield Card("Store", "Not ready", sentence, href, "storefront", is_alarming=True)


def _cards(viewer: User | AnonymousUser, at: datetime) -> Iterator[Card]:
    if viewer.has_perm("accounts.view_user"):
        people = User.objects.aggregate(
            all=Count("pk"), new=Count("pk", filter=Q(created_at__gt=at - timedelta(days=7)))
        )
        note = f"new in 7 days: {people['new']}"
        yield Card("Accounts", people["all"], note, reverse("admin:accounts_user_changelist"), "group")
    if viewer.has_perm("platform.view_job"):
        failed = Job.objects.filter(state=Job.State.DEAD).count()
        href = reverse("admin:platform_job_changelist") + "?state__exact=dead"
        if failed:
            yield Card("Failed jobs", failed, "to be checked", href, "schedule", is_alarming=True)


def _days(at: datetime) -> list[dict[str, Any]]:
    """New accounts for each of the last days of the store's calendar, the oldest first; `part` is the bar's height."""
    first = timezone.localdate(at) - timedelta(days=DAYS - 1)
    began = datetime.combine(first, time.min, timezone.get_current_timezone())
    rows = User.objects.filter(created_at__gte=began).annotate(day=TruncDate("created_at"))
    counted = dict(rows.order_by().values_list("day").annotate(Count("pk")))
    most = max(counted.values(), default=1)
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    return [{"day": day, "count": counted.get(day, 0), "part": f"{counted.get(day, 0) / most:.2f}"} for day in days]
