"""What a gateway is asked to do as soon as a transaction has committed, and then until it is done."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from django.db import transaction

from shop.payments.errors import GatewayUnavailable
from shop.platform.clock import now
from shop.platform.jobs import Scalar, task_named

SECOND_TRY: Final = timedelta(seconds=10)

_log = logging.getLogger("shop.payments")


def soon(act: Callable[[], object], *, otherwise: str, unique_key: str, **arguments: Scalar) -> None:
    """The act is done once the transaction around this has committed; the job `otherwise` does it if that fails.

    The job commits together with what made it necessary, so a kill in between leaves it to the worker.
    """
    task_named(otherwise).using(run_after=now() + SECOND_TRY, unique_key=unique_key).enqueue(**arguments)
    transaction.on_commit(partial(_tried, act, otherwise))


def _tried(act: Callable[[], object], otherwise: str) -> None:
    try:
        act()
    except GatewayUnavailable:
        _log.warning("a gateway is away: %s is left to the worker", otherwise)
    except Exception:  # the caller has committed: what went wrong here is not what it asked for
        _log.exception("%s is left to the worker", otherwise)
