"""Permission keys: what staff needs for an operation of the admin API, for example `orders:read`.

Keys are promised to clients; staff is given Django's permissions, by groups or one by one. The setting
`permission_keys` names the mapping that leads from the one to the other.
"""

from collections.abc import Mapping
from functools import cache

from django.utils.module_loading import import_string

from shop.platform.actors import Actor
from shop.platform.settings import shop_settings


@cache
def keys() -> Mapping[str, frozenset[str]]:
    """Every key, with the permissions of Django that it stands for."""
    mapping: Mapping[str, frozenset[str]] = import_string(shop_settings().permission_keys)
    return mapping


def is_granted(key: str, *, to: Actor) -> bool:
    """Whether the actor has every permission that the key stands for. Superusers have all. KeyError for no key."""
    required = keys()[key]
    return to.is_superuser or required <= to.permissions


def granted_keys(actor: Actor) -> list[str]:
    """The keys that the actor has, sorted."""
    return sorted(key for key in keys() if is_granted(key, to=actor))
