"""One key, at most one effect, the same answer: the idempotency engine between a door and its route."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import transaction

from shop.kernel.errors import Refusal
from shop.platform import idempotency
from shop.platform.http.call import Request
from shop.platform.http.envelope import Enveloped, refused, respond

KEPT_HEADERS = ("ETag", "Location")


def once(
    request: Request,
    *,
    operation: str,
    key: str,
    is_shared: bool,
    in_acts: bool,
    counted: Callable[[], AbstractContextManager[None]],
    run: Callable[[], Enveloped],
) -> Enveloped:
    """Run the route, unless this key has an answer already: then that answer, marked as replayed.

    The route's effect and the mark that it is done commit together; a route that commits `in_acts` is marked after its
    last one, and a retry runs it again, which it must bear. `counted` is around the transaction: what it counts of a
    refusal is not rolled back. A refusal before any effect (422), a 5xx, a 429 and a 202 leave the key free; any
    other refusal is the key's answer from then on.
    """
    call = request.call
    claimed = idempotency.claim(
        scope=_scope(request, operation),
        key=_own(request, key, is_shared=is_shared),
        fingerprint=_fingerprint(request),
    )
    if isinstance(claimed, idempotency.Replay):
        headers = {**claimed.headers, "Idempotent-Replayed": "true"}
        return respond(claimed.body, status=claimed.status, headers=headers, request_id=call.request_id)
    try:
        with counted(), nullcontext() if in_acts else transaction.atomic():
            response = run()
            if idempotency.burns(response.status_code):
                _finish(claimed, response)
    except idempotency.LostClaim:
        raise
    except Refusal as refusal:
        response = refused(refusal, request_id=call.request_id)
        if idempotency.burns(response.status_code):
            _finish(claimed, response)
        else:
            claimed.release()
        raise
    except BaseException:
        claimed.release()
        raise
    if not idempotency.burns(response.status_code):
        claimed.release()
    return response


def _finish(claimed: idempotency.Claim, response: Enveloped) -> None:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    claimed.finish(status=response.status_code, headers=headers, body=response.open_body)


def _scope(request: Request, operation: str) -> str:
    actor = request.call.actor
    who = f"user:{actor.user_id}" if actor.user_id else f"guest:{request.path_info}"
    return f"{who}:{operation}"


def _fingerprint(request: Request) -> bytes:
    said = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"
    return idempotency.fingerprint(said, request.call.body)


def _own(request: Request, header: str, *, is_shared: bool) -> str:
    """The sender's own key. Where guests share a scope it must be one that nobody guesses. Raises BadIdempotencyKey,
    WeakIdempotencyKey."""
    key = idempotency.key_from_header(header)
    if is_shared and request.call.actor.user_id is None and len(key) < idempotency.UNGUESSABLE:
        raise idempotency.WeakIdempotencyKey
    return key
