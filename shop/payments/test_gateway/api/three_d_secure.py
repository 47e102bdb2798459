"""The page on which a shopper confirms a payment with the test gateway, as a bank asks on its own (3-D Secure)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop.payments.return_urls import origin_of
from shop.payments.settings import payments_settings
from shop.payments.test_gateway import gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.http.language import translated
from shop.platform.localized import money

ANSWERS = {"approve": True, "decline": False}
POLICY = (  # a form's redirect counts as its target: back to the storefront
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self' {origin}"
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The question; posted, its answer is in the bank's books and the shopper is back where the payment was started."""
    charge = gateway.asked(reference) if payments_settings().test_mode else None
    if charge is None:
        raise Http404
    if request.method == "POST":
        return _answered(request, charge)
    return _page(request, charge)


def _answered(request: HttpRequest, charge: TestCharge) -> HttpResponse:
    """An answer that comes a second time changes nothing."""
    approved = ANSWERS.get(request.POST.get("answer", ""))
    if approved is None:
        return _page(request, charge, status=400)
    gateway.answer(charge, approved=approved)
    if charge.return_url:
        return HttpResponseRedirect(charge.return_url, status=303)
    return HttpResponseRedirect(request.path, status=303)


@translated
def _page(request: HttpRequest, charge: TestCharge, *, status: int = 200) -> HttpResponse:
    facts = {
        "charge": charge,
        "amount": money(charge.money),
        "last4": gateway.last4_of(charge),
        "waits": charge.status == "requires_action",
    }
    response = render(request, "test_gateway/challenge.html", facts, status=status)
    response["Content-Security-Policy"] = POLICY.format(origin=origin_of(charge.return_url) or "").rstrip()
    return response
