"""The bare server: an application that answers constant bytes."""

from collections.abc import Callable, Iterable

BODY = b'{"success":true,"message":"Here.","data":{"ok":true},"errors":[],"meta":{"request_id":"req_0123456789abcdef"}}'


def application(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]
