"""The catalog's jobs: cleaning stored pictures in batches."""

import logging

from shop.catalog.operations.cleaning import RULE, UNREADABLE, clean_pictures
from shop.catalog.settings import catalog_settings
from shop.platform.jobs import task
from shop.platform.upgrading import once

logger = logging.getLogger("shop.pictures")

AT_ONCE = 50
"""Pictures in a batch, which takes a few seconds: a worker that is told to stop waits for it."""


def clean_all_pictures() -> bool:
    """Enqueue the cleaning of all stored pictures, once per version of the rule. Return whether it was enqueued."""
    with once("catalog.clean_pictures", f"{RULE}, {catalog_settings().picture_side}") as is_new:
        if is_new:
            clean_some_pictures.using(unique_key="first").enqueue()
    return is_new


@task("catalog.clean_pictures", queue_name="bulk")
def clean_some_pictures(after: str = "") -> None:
    """Clean the batch of pictures that follows this name, and enqueue the next one."""
    outcomes = list(clean_pictures(after=after, limit=AT_ONCE))
    for outcome in outcomes:
        if outcome.word == UNREADABLE:
            logger.warning("%s is not a picture that can be read; it stays as it is", outcome.name)
    if len(outcomes) == AT_ONCE:
        clean_some_pictures.enqueue(after=outcomes[-1].name)
