"""One key, at most one effect, the same answer: the idempotency engine between a router and its route."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from shop.kernel.errors import Refusal
from shop.platform import idempotency
from shop.platform.http.conditions import tagged_id
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer, Enveloped, answered, refused, respond
from shop.platform.translation import AS_WRITTEN

KEPT_HEADERS = ("ETag", "Location")


def once(
    request: Request,
    *,
    operation: str,
    key: str,
    is_shared: bool,
    credentials: Mapping[str, object],
    manages_transactions: bool,
    around: Callable[[], AbstractContextManager[None]],
    run: Callable[[], Enveloped],
    rebuild: Callable[[str], Answer[Any]] | None,
) -> Enveloped:
    """Run the route, unless this key has an answer already: then that answer, marked as replayed.

    The route's effect and the mark that it is done commit together, or neither: a call whose lease ended, and whose key
    another request has by now, commits nothing. A route that `manages_transactions` is marked after its
    last one, and a retry runs it again, which it must bear. `around` is around the transaction: what it counts of a
    refusal is not rolled back. An answer that is too large to be stored is given again by `rebuild`. A refusal before
    any effect (422), a 5xx, a 429 and a 202 leave the key free; any other refusal is the key's answer from then on.
    `credentials` are what the route was shown in headers, by name.
    """
    context = request.context
    lease = idempotency.acquire(
        scope=_scope(request, operation, credentials),
        key=_own(request, key, is_shared=is_shared),
        fingerprint=_fingerprint(request),
    )
    if isinstance(lease, idempotency.Replay):
        return _again(request, lease, rebuild)
    try:
        with around(), nullcontext() if manages_transactions else transaction.atomic():
            response = run()
            if idempotency.burns(response.status_code):
                _finish(lease, response, language=context.language, may_refer=rebuild is not None)
            elif not manages_transactions:
                lease.leave()
    except idempotency.LeaseLost:
        raise
    except Refusal as refusal:
        _refuse(lease, refused(refusal, request_id=context.request_id), language=context.language)
        raise
    except BaseException:
        lease.release_eventually()
        raise
    if manages_transactions and not idempotency.burns(response.status_code):
        lease.release_eventually()
    return response


def _refuse(lease: idempotency.Lease, response: Enveloped, *, language: str) -> None:
    """The refusal is the key's answer, or the key is free; it is free too when the database went away meanwhile."""
    try:
        if idempotency.burns(response.status_code):
            _finish(lease, response, language=language)
            return
    except (OperationalError, InterfaceError):
        lease.release_eventually()
        raise
    lease.release_eventually()


def _again(request: Request, replay: idempotency.Replay, rebuild: Callable[[str], Answer[Any]] | None) -> Enveloped:
    """The first answer once more: word for word, or about the same object as it is now."""
    headers = {**replay.headers, "Idempotent-Replayed": "true"}
    language = headers.pop("Content-Language", AS_WRITTEN)
    if replay.reference is None or rebuild is None:
        headers["Content-Language"] = language
        return respond(replay.body, status=replay.status, headers=headers, request_id=request.context.request_id)
    answer = rebuild(replay.reference)
    answer = replace(answer, status=replay.status, headers={**answer.headers, **headers})
    return answered(answer, status=replay.status, context=request.context)


def _finish(lease: idempotency.Lease, response: Enveloped, *, language: str, may_refer: bool = False) -> None:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response} | {"Content-Language": language}
    reference = tagged_id(response["ETag"]) if may_refer and "ETag" in response else None
    lease.finish(response.status_code, headers, response.open_body, reference=reference)


def _scope(request: Request, operation: str, credentials: Mapping[str, object]) -> str:
    """Whose keys these are. A guest is whoever knows the path and shows the same credentials: an id alone, as of an
    order, may be known to others."""
    actor = request.context.actor
    who = f"user:{actor.user_id}" if actor.user_id else f"guest:{request.path_info}"
    if credentials and actor.user_id is None:
        who = f"{who}:{json.dumps(credentials, sort_keys=True)}"
    return f"{who}:{operation}"


def _fingerprint(request: Request) -> bytes:
    said = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"
    return idempotency.fingerprint(said, request.context.body)


def _own(request: Request, header: str, *, is_shared: bool) -> str:
    """The sender's own key. Where guests share a scope it must be one that nobody guesses. Raises BadIdempotencyKey,
    WeakIdempotencyKey."""
    key = idempotency.key_from_header(header)
    if is_shared and request.context.actor.user_id is None and len(key) < idempotency.UNGUESSABLE:
        raise idempotency.WeakIdempotencyKey
    return key
