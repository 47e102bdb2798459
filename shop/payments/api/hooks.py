"""The endpoint for webhooks of payment providers. Not enveloped; a forged or broken request learns nothing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.http import require_POST

from shop.kernel.errors import NotFound
from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable
from shop.platform.http.received import LARGEST_HOOK, UNMEASURED, came_too_slowly

NEVER_KEPT = {"Cache-Control": "no-store"}


@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once what follows from the event is committed; 400 for what the provider has not signed; 503 to repeat it."""
    if not payments.accepts_webhooks(provider):
        raise Http404
    if request.META.get(UNMEASURED):
        return HttpResponse(status=400, headers=NEVER_KEPT)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_HOOK:
        return HttpResponse(status=413, headers=NEVER_KEPT)
    try:
        body = request.body
    except UnreadablePostError as unread:
        return HttpResponse(status=408 if came_too_slowly(unread) else 400, headers=NEVER_KEPT)
    try:
        is_genuine = payments.handle_webhook(provider, body=body, headers=request.headers)
    except NotFound:
        raise Http404 from None
    except GatewayUnavailable as away:
        return HttpResponse(status=503, headers={**NEVER_KEPT, "Retry-After": str(away.retry_after)})
    return HttpResponse(status=200 if is_genuine else 400, headers=NEVER_KEPT)
