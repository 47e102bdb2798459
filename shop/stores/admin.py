"""The store and its markets in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.module_loading import import_string
from unfold.decorators import display

from shop.platform.admin import RecordAdmin
from shop.platform.admin.lists import once
from shop.platform.settings import shop_settings
from shop.stores.forms import MarketForm, StoreForm, chosen
from shop.stores.models import Market, Store
from shop.stores.operations import make_default, open_market, sell_to


@admin.register(Store)
class StoreAdmin(RecordAdmin):
    """The one store; its list is itself."""

    form = StoreForm
    fieldsets = (
        (None, {"fields": ("name", "legal_name", ("email", "phone"))}),
        ("Selling", {"fields": (("currency", "timezone"), ("locale", "locales"), "payment_instructions")}),
        ("Address", {"fields": ("line1", "line2", ("postal_code", "city"), ("state", "country"))}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return chosen(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Store | None = None) -> bool:
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With a warning for each thing that is stored nowhere yet: upper layers know which."""
        path = shop_settings().store_gaps
        for sentence in import_string(path)(Store.objects.get()) if path else ():
            messages.warning(request, sentence)
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        store = Store.objects.only("pk").get()
        return HttpResponseRedirect(reverse("admin:stores_store_change", args=[store.pk]))


def gaps(market: Market) -> list[str]:
    """What the market still needs, a sentence each: upper layers know."""
    path = shop_settings().market_gaps
    return list(import_string(path)(market)) if path else []


@admin.register(Market)
class MarketAdmin(RecordAdmin):
    """Markets. The default one can't be deleted, only followed by another."""

    form = MarketForm
    list_display = ("name", "code", "currency", "locale", "prices_include_tax", "country_count", "shown_default")
    fields: Any = (("name", "code"), ("currency", "locale"), "prices_include_tax", "countries", "default_country")
    actions = ("make_it_default",)

    def get_readonly_fields(self, request: HttpRequest, obj: Market | None = None) -> Any:
        """A market keeps its currency: everything that was ever priced in it would mean something else."""
        return ("currency", "still_missing") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Market | None = None) -> Any:
        return (*self.fields, "still_missing") if obj else self.fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Market]:
        found: QuerySet[Market] = super().get_queryset(request)
        return found.annotate(counted=Count("countries"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return chosen(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    def why_kept(self, request: HttpRequest, row: Market) -> str:
        return "The default market can't be deleted. Make another one the default first." if row.is_default else ""

    def save_model(self, request: HttpRequest, obj: Market, form: Any, change: bool) -> None:
        if not change:
            open_market(obj, form.cleaned_data["countries"])
            return
        super().save_model(request, obj, form, change)
        sell_to(obj, form.cleaned_data["countries"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for sentence in gaps(form.instance):
            messages.warning(request, sentence)

    @display(description="countries", ordering="counted")
    def country_count(self, market: Any) -> int:
        return int(market.counted)

    @display(description="still missing")
    @once
    def still_missing(self, market: Market) -> str:
        return " ".join(gaps(market)) or "Nothing. This market is ready to sell."

    @display(description="countries")
    def countries(self, market: Market) -> str:
        return ", ".join(str(each) for each in market.countries.all())

    @display(description="default", boolean=True)
    def shown_default(self, market: Market) -> bool:
        return market.is_default

    @admin.action(description="Set as default market", permissions=["change"])
    def make_it_default(self, request: HttpRequest, markets: QuerySet[Market]) -> None:
        chosen_one = list(markets[:2])
        if len(chosen_one) != 1:
            self.message_user(request, "Choose one market.", messages.ERROR)
            return
        make_default(chosen_one[0])
        self.message_user(request, f"{chosen_one[0]} is the default market.", messages.SUCCESS)
