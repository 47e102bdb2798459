"""Where payment providers tell what has happened. Not enveloped; a forged or broken call learns nothing."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.http import require_POST

from shop.kernel.errors import NotFound
from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable

LARGEST = 256 * 1024
NEVER_KEPT = {"Cache-Control": "no-store"}


@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once what follows from the event is committed; 400 for what the provider has not signed; 503 to repeat it."""
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return HttpResponse(status=400, headers=NEVER_KEPT)
    if len(body) > LARGEST:
        return HttpResponse(status=413, headers=NEVER_KEPT)
    try:
        heard = payments.hear(provider, body=body, headers=request.headers)
    except NotFound:
        raise Http404 from None
    except GatewayUnavailable as away:
        return HttpResponse(status=503, headers={**NEVER_KEPT, "Retry-After": str(away.retry_after)})
    return HttpResponse(status=200 if heard else 400, headers=NEVER_KEPT)
