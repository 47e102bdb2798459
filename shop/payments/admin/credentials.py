"""The credentials of gateways in the admin: entered, replaced and removed, never read."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import display

from shop.payments import registry
from shop.payments.forms import ProviderForm, form_for
from shop.payments.models import GatewayCredentials
from shop.payments.operations import gateway_credentials
from shop.payments.operations.gateway_credentials import CredentialsInUse
from shop.platform.admin import Button, RecordAdmin, actor_of

PERMISSION = "payments.configure_gateway"
CHOOSE = Button(name="choose", label="Continue", permission=PERMISSION, does=lambda *_: "", variant="primary")


@admin.register(GatewayCredentials)
class GatewayCredentialsAdmin(RecordAdmin):
    """Staff with one permission enter credentials, which replace those of the settings."""

    delete_confirmation_template = "payments/delete_credentials.html"
    list_display = ("shown_provider", "set_by", "updated_at")
    list_select_related = ("set_by",)
    ordering = ("provider",)
    readonly_fields = ("shown_provider", "set_by", "updated_at")

    @display(description="gateway", ordering="provider")
    def shown_provider(self, row: GatewayCredentials) -> str:
        return row.provider

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(PERMISSION))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(PERMISSION))

    def has_change_permission(self, request: HttpRequest, obj: GatewayCredentials | None = None) -> bool:
        may = bool(request.user.has_perm(PERMISSION))
        return may and (obj is None or registry.class_of(obj.provider) is not None)

    def why_kept(self, request: HttpRequest, row: GatewayCredentials) -> str:
        return gateway_credentials.in_progress(row.provider)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether there is a gateway that takes credentials and has no row."""
        return bool(request.user.has_perm(PERMISSION)) and bool(_providers())

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """First the gateway is chosen, then its credentials are entered."""
        providers = _providers() if self.has_add_permission(request) else []
        if not providers or request.GET.get("provider") in providers:
            entering: HttpResponse = super().add_view(request, form_url, extra_context)
            return entering
        form = ProviderForm(request.POST if request.method == "POST" else None)
        form.fields["provider"].choices = [(each, each) for each in providers]  # type: ignore[attr-defined]
        if form.is_valid():
            return HttpResponseRedirect(f"{request.path}?provider={form.cleaned_data['provider']}")
        context = {
            **self.admin_site.each_context(request),
            "title": "Enter gateway credentials",
            "opts": self.opts,
            "button": CHOOSE,
            "form": form,
            "back": reverse("admin:payments_gatewaycredentials_changelist"),
        }
        return TemplateResponse(request, "shop/admin/ask.html", context)

    def get_form(
        self, request: HttpRequest, obj: GatewayCredentials | None = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        gateway_class = registry.class_of(obj.provider if obj else request.GET.get("provider", ""))
        if gateway_class is not None:
            kwargs["form"] = form_for(gateway_class, obj)
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: GatewayCredentials | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: GatewayCredentials, form: Any, change: bool) -> None:
        if not change:
            obj.provider = request.GET["provider"]
        same_account = form.cleaned_data["same_account"]
        if set(form.changed_data) - {"same_account"}:
            gateway_credentials.enter(obj, form.credentials, by=actor_of(request).user_id, same_account=same_account)
            self._log_same_account(request, obj, same_account=same_account)

    def delete_model(self, request: HttpRequest, obj: GatewayCredentials) -> None:
        same_account = "same_account" in request.POST
        self._log_same_account(request, obj, same_account=same_account)
        gateway_credentials.remove(obj, same_account=same_account)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except CredentialsInUse as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except CredentialsInUse as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return response

    def _log_same_account(self, request: HttpRequest, row: GatewayCredentials, *, same_account: bool) -> None:
        """Who has confirmed it answers for what was in progress."""
        sentence = gateway_credentials.in_progress(row.provider)
        if same_account and sentence:
            self.log_change(request, row, f"Confirmed that the credentials belong to the same account. {sentence}")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[GatewayCredentials]) -> None:
        for row in queryset:
            gateway_credentials.remove(row)


def _providers() -> list[str]:
    """Those whose gateways take credentials, and for which none have been entered."""
    takers = [each.provider for each in registry.classes() if each.credentials_type is not None]
    entered = GatewayCredentials.objects.filter(provider__in=takers).values_list("provider", flat=True)
    taken = set(entered) if takers else set()
    return [each for each in takers if each not in taken]
