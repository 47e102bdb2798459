"""The admin's site: Unfold's, with a limited login and a dashboard of its own."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import PasswordChangeView
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from unfold.sites import UnfoldAdminSite

from shop.accounts.forms import OwnPasswordForm
from shop.accounts.limits import AUTH
from shop.backoffice import dashboard
from shop.platform import limits
from shop.platform.http.context import Request
from shop.platform.http.home import too_many


class Site(UnfoldAdminSite):
    """`/admin/`."""

    index_template = "shop/admin/dashboard.html"
    index_title = "Dashboard"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without `r/`, which asks for rows of any table by keys that it does not check: no page here needs it."""
        return [each for each in super().get_urls() if getattr(each, "name", None) != "view_on_site"]

    def admin_view(self, view: Any, cacheable: bool = False) -> Callable[..., HttpResponseBase]:
        """The view, in the store's time zone: what staff type and read is their own clock. The API knows UTC alone."""

        def in_stores_time(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with timezone.override(ZoneInfo(dashboard.store_of(request).timezone)):
                response: HttpResponseBase = view(request, *args, **kwargs)
                return response.render() if isinstance(response, SimpleTemplateResponse) else response

        guarded: Callable[..., HttpResponseBase] = super().admin_view(update_wrapper(in_stores_time, view), cacheable)
        return guarded

    def login(self, request: Request, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Counted as the API's logins are: by address, and failures by account and address."""
        try:
            if request.method == "POST":
                limits.hit(AUTH, request.context.ip)
            page: HttpResponse = super().login(request, extra_context)
        except limits.TooManyRequests as refusal:
            return too_many(request, refusal)
        return page

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        page: HttpResponse = super().index(request, {**(extra_context or {}), **dashboard.context(request)})
        return page

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            template_name="registration/password_change_form.html",
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            found: HttpResponse = super().search(request, extra_context)
        except (ValueError, InvalidPage):
            raise Http404 from None
        return found
