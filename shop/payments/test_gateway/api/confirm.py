"""What a gateway's script in the browser calls when a shopper confirms a payment without leaving the storefront."""

from typing import Final

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.payments.settings import payments_settings
from shop.payments.test_gateway import gateway
from shop.payments.test_gateway.api.three_d_secure import ANSWERS

ANY_PAGE: Final = {"Access-Control-Allow-Origin": "*"}


@csrf_exempt  # the client secret is what lets somebody answer; cookies count for nothing
@never_cache
@require_POST
def confirm(request: HttpRequest) -> JsonResponse:
    """The shopper has answered; a second answer changes nothing. Gives the status of the charge."""
    if not payments_settings().test_mode:
        raise Http404
    charge = gateway.asked_by_script(request.POST.get("client_secret", ""))
    if charge is None:
        return JsonResponse({"error": "No such client secret."}, status=404, headers=ANY_PAGE)
    approved = ANSWERS.get(request.POST.get("answer", ""))
    if approved is None:
        return JsonResponse({"error": "Send answer=approve or answer=decline."}, status=400, headers=ANY_PAGE)
    gateway.answer(charge, approved=approved)
    charge.refresh_from_db(fields=["status"])
    return JsonResponse({"status": charge.status}, headers=ANY_PAGE)
