"""A request as the production server hands it to the shop."""

from typing import Any
from wsgiref.types import StartResponse
from wsgiref.util import setup_testing_defaults

from shop.platform.http.entry import Application


def served(path: str, *, by: Application | None = None, **environment: Any) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of the answer of an application, or of one made by the settings in force."""
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "localhost", **environment}
    setup_testing_defaults(environ)
    started: list[tuple[int, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        started.append((int(status[:3]), dict(headers)))

    start_response: StartResponse = start  # type: ignore[assignment]
    response = (by or Application())(environ, start_response)
    body = b"".join(response)
    response.close()  # type: ignore[attr-defined]
    return (*started[0], body)
