"""What the worker does for the catalogue: stored pictures are looked through, some at a time."""

import logging

from shop.catalog.operations.cleaning import RULE, UNREADABLE, clean_pictures
from shop.catalog.settings import catalog_settings
from shop.platform.jobs import task
from shop.platform.upgrading import once

logger = logging.getLogger("shop.pictures")

AT_ONCE = 50
"""Mails wait meanwhile: so many pictures take a few seconds."""


def clean_all_pictures() -> bool:
    """The worker looks through all stored pictures, unless it has under the present rule. Says whether it has to."""
    with once("catalog.clean_pictures", f"{RULE}, {catalog_settings().picture_side}") as is_new:
        if is_new:
            clean_some_pictures.using(unique_key="first").enqueue()
    return is_new


@task("catalog.clean_pictures")
def clean_some_pictures(after: str = "") -> None:
    """The pictures that follow this name are clean, and the next ones are in line."""
    outcomes = list(clean_pictures(after=after, limit=AT_ONCE))
    for outcome in outcomes:
        if outcome.word == UNREADABLE:
            logger.warning("%s is not a picture that can be read; it stays as it is", outcome.name)
    if len(outcomes) == AT_ONCE:
        clean_some_pictures.enqueue(after=outcomes[-1].name)
