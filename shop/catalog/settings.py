"""Settings of the catalog: `catalog_settings()`."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class CatalogSettings:
    """Deployment choices of this app; project/settings.py fills them from the environment."""

    picture_side: int = 2560
    """The longest side of a picture in pixels; larger ones are scaled down when they are stored."""


def catalog_settings() -> CatalogSettings:
    """The settings in force."""
    current: CatalogSettings = settings.CATALOG
    return current
