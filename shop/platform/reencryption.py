"""Columns that `keys.locked` has encrypted, brought from a former SECRET_KEY to the current one."""

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from shop.platform.keys import relocked

BATCH: Final = 500


def reencrypt(rows: QuerySet[Any], column: str, *, purpose: str) -> int:
    """Encrypt with SECRET_KEY what a fallback has encrypted; return the number of rows. Nothing without fallbacks.

    What a row shows does not change, and so neither does its version. Can be interrupted and repeated.
    """
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    count = 0
    ordered = rows.order_by("pk")
    batch = list(ordered.values_list("pk", column)[:BATCH])
    while batch:
        with transaction.atomic():
            count += sum(_reencrypted(rows, column, key, bytes(value), purpose=purpose) for key, value in batch)
        batch = list(ordered.filter(pk__gt=batch[-1][0]).values_list("pk", column)[:BATCH])
    return count


def _reencrypted(rows: QuerySet[Any], column: str, key: object, value: bytes, *, purpose: str) -> int:
    again = relocked(value, purpose=purpose)
    unchanged = {"pk": key, column: value}
    return rows.filter(**unchanged).update(**{column: again}) if again is not None else 0
