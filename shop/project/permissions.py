"""The permission keys of the admin API, each with the permissions of Django that it stands for."""

from collections.abc import Mapping
from typing import Final

KEYS: Final[Mapping[str, frozenset[str]]] = {
    "customers:read": frozenset({"accounts.view_user", "accounts.view_customergroup"}),
    "orders:read": frozenset({"orders.view_order"}),
}
