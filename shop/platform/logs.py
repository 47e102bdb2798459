"""How the process logs: structlog on top of the standard library, one line each, secrets scrubbed.

In production JSON to standard output; in development readable lines to standard error, so that a command's own
output stays clean. `structlog.get_logger(__name__)` and `logging.getLogger(__name__)` end in the same lines.
"""

import logging
import re
import sys
import time
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final, TypedDict

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from structlog.typing import EventDict, Processor, WrappedLogger

from shop.platform.scrub import scrub, scrub_text

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

UNTOLD: Final = ("/static/", "/media/", "/health/", "/redoc/bundle.js")
LONGEST_PATH: Final = 200
LONGEST_REFUSAL: Final = 200

_WORD: Final = re.compile(r"(?:v\d|[A-Za-z][A-Za-z-]{0,23}(?:\.[a-z]{2,5})?)")
_OUR_ID: Final = re.compile(r"req_[0-9a-f]{20}")
"""A request id that we made; what a client sends may be anything."""

_access = logging.getLogger("shop.access")


class Config(TypedDict):
    """What the setting LOGGING holds: the least level that is written, and whether lines are JSON."""

    level: str
    json: bool


def configure(config: Config) -> None:
    """From now on everything logged goes through one handler. Django calls it: it is LOGGING_CONFIG."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if config["json"] else "%H:%M:%S", utc=config["json"]),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, Output)]
    root.addHandler(_output(config, before))
    root.setLevel(config["level"])
    _ask_less()
    _tame_django()
    _access.handlers = [_access_output(json=config["json"])]
    _access.propagate = False


def access(
    *, method: str, route: str, status: int, duration_ms: float, request_id: str, actor: str, url: str = ""
) -> None:
    """One line for one request, but none for a health check that passed.

    `route` is the template (/api/v1/carts/{cart_id}), never the path or the query. `actor` is a user's id or empty;
    the line shows a keyed hash of it, so that one person's requests can be followed but not looked up elsewhere.
    `url` is the path with its query, in development alone: lines for people show it instead, without secrets; and no
    line for files and health checks that are fine.
    """
    level = logging.ERROR if status >= 500 else logging.INFO
    quiet = (status == 200 and route.startswith("/health/")) or (url.startswith(UNTOLD) and status < 400)
    if _access.isEnabledFor(level) and not quiet:
        facts = {
            **({"url": scrub_text(url)} if url else {}),
            "method": method if method in METHODS else "OTHER",
            "route": route,
            "status": status,
            "duration_ms": round(duration_ms, 1),
            "request_id": request_id if _OUR_ID.fullmatch(request_id) else scrub_text(request_id),
            "actor": pseudonym(actor) if actor else "anonymous",
        }
        _access.handle(Line(level, facts))


def outline(path: str) -> str:
    """A path that fits no route, with all that could be a key or an id left out: /api/v1/produkts/{…}."""
    parts = path[:LONGEST_PATH].split("/")
    return "/".join(part if not part or _WORD.fullmatch(part) else "{…}" for part in parts)


def pseudonym(user_id: str) -> str:
    """How access lines name a user: 16 hexadecimal digits that depend on this installation's key."""
    key = blake2b(settings.SECRET_KEY.encode(), digest_size=32).digest()
    return blake2b(user_id.encode(), key=key, digest_size=8).hexdigest()


def scrub_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor: the event without secrets, its exception's text included."""
    clean = scrub(event)
    assert isinstance(clean, dict)  # noqa: S101 - a mapping stays one; tells the type checker
    return clean


class Line(logging.LogRecord):
    """An access line. It does not find out which line of which file of which thread wrote it, as records do."""

    def __init__(self, level: int, facts: dict[str, object]) -> None:
        now = time.time()
        self.__dict__ |= _BLANK
        self.levelno, self.levelname, self.facts = level, logging.getLevelName(level), facts
        self.created, self.msecs = now, now % 1 * 1000


_BLANK: Final = dict(vars(logging.LogRecord(_access.name, logging.INFO, "", 0, "request", (), None)))


class Output(logging.Handler):
    """Writes to whatever standard output, or standard error, is at that moment."""

    def __init__(self, *, to_stdout: bool) -> None:
        super().__init__()
        self.to_stdout = to_stdout

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record) + "\n"
            stream = sys.stdout if self.to_stdout else sys.stderr
            stream.write(line)
            stream.flush()
        except Exception:  # noqa: BLE001, RUF100 - a log line never breaks a request
            self.handleError(record)


class AccessJson(logging.Formatter):
    """An access line for machines, encoded directly: it is written for every request."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {"timestamp": at, "level": record.levelname.lower(), "event": "request"}
        return msgspec.json.encode(line | record.__dict__["facts"]).decode()


COLORS: Final = {4: "\033[33m", 5: "\033[31m"}
"""By the class of a status: yellow for mistakes of the client, red for ours."""


class AccessText(logging.Formatter):
    """An access line for people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = record.__dict__["facts"]
        address = facts.get("url", facts["route"])
        line = (
            f"{self.formatTime(record, '%H:%M:%S')} {facts['status']} {facts['method']} {address} "
            f"{facts['duration_ms']} ms {facts['actor']} {facts['request_id']}"
        )
        color = COLORS.get(facts["status"] // 100, "") if sys.stderr.isatty() else ""
        return f"{color}{line}\033[0m" if color else line


def _access_output(*, json: bool) -> Output:
    output = Output(to_stdout=json)
    output.setFormatter(AccessJson() if json else AccessText())
    return output


def _output(config: Config, before: list[Processor]) -> Output:
    renderer: Processor
    if config["json"]:
        renderer = structlog.processors.JSONRenderer(serializer=_json)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,  # the pretty one shows local variables, so secrets
        )
    output = Output(to_stdout=config["json"])
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                scrub_event,
                renderer,
            ],
        )
    )
    return output


def _json(event: MutableMapping[str, Any], **_: object) -> str:
    return msgspec.json.encode(event).decode()


def _ask_less() -> None:
    """No line says which thread, process or task wrote it: nobody has to find out (logging HOWTO, Optimization)."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _tame_django() -> None:
    """Django writes a line of its own, with the raw path, for each request that fails: the access line says it. And it
    brings a handler that writes everything a second time."""
    logging.getLogger("django").handlers = []
    logging.getLogger("django.server").setLevel(logging.CRITICAL)
    requests = logging.getLogger("django.request")
    requests.filters = [_only_tracebacks]
    for each in _subclasses(SuspiciousOperation):
        logging.getLogger(f"django.security.{each.__name__}").filters = [_short]


def _subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _subclasses(each)


def _short(record: logging.LogRecord) -> bool:
    """What a client sent and was refused for, as a foreign host name, is a warning of one line, without a traceback."""
    record.msg, record.args = record.getMessage()[:LONGEST_REFUSAL], ()
    record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    record.exc_info = None
    return True


def _only_tracebacks(record: logging.LogRecord) -> bool:
    record.msg, record.args = "unforeseen error", ()
    return bool(record.exc_info) and record.levelno >= logging.ERROR  # a 403 is a warning, with its traceback
