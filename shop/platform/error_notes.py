"""What is kept of an error of a job: enough to find it, and nobody's data."""

import re
import traceback
from collections.abc import Mapping
from typing import Final

from shop.platform.scrub import scrub_text

LONGEST: Final = 500
RUNNERS: Final = {"shop.platform.worker", "shop.platform.schedule"}
"""The modules that call functions of others: never the place of an error."""

_PERSONAL = re.compile(r"""[\w.+-]+@[\w.-]+ | (['"]).*?\1 | \d{4,} | [\w-]{24,}""", re.VERBOSE)


def note(error: BaseException, arguments: Mapping[str, object] | None = None) -> str:
    """The error's class, its text without whatever may be somebody's data, and the place."""
    text = " ".join(str(error).split())
    for value in sorted((str(each) for each in (arguments or {}).values()), key=len, reverse=True):
        text = text.replace(value, "…") if len(value) > 2 else text
    text = _PERSONAL.sub("…", scrub_text(text))[:200]
    frames = [(frame.f_globals.get("__name__", ""), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    places = [f"{module}:{line}" for module, line in frames if module not in RUNNERS]
    ours = [place for place in places if place.startswith("shop.")] or places
    return f"{type(error).__name__}: {text} ({ours[-1] if ours else 'worker'})"[:LONGEST]
