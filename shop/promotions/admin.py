"""Promotions, discount codes and redemptions in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from shop.platform.admin import ReadOnlyAdmin, ReadOnlyInline, RecordAdmin
from shop.platform.admin.lists import FewFilter
from shop.platform.amounts import column, percent_text
from shop.promotions import operations as promotions
from shop.promotions.forms import CodeForm, PromotionForm
from shop.promotions.models import DiscountCode, Promotion, Redemption

STATES = {"reserved for now": "info", "used": "success", "released": "warning"}


@admin.register(Promotion)
class PromotionAdmin(RecordAdmin):
    """Promotions: the reduction, its market, customer group and period."""

    form = PromotionForm
    list_display = ("name", "shown_percent", "market", "group", "is_active", "starts_at", "ends_at")
    list_filter = ("is_active", "market", "group")
    list_select_related = ("market", "group")
    search_fields = ("name",)
    fields = ("name", "percent", "is_active", ("market", "group"), ("starts_at", "ends_at"))

    @display(description="percent", ordering="percent")
    def shown_percent(self, promotion: Promotion) -> str:
        return column(percent_text(promotion.percent))


class RedemptionInline(ReadOnlyInline):
    model = Redemption
    fields = readonly_fields = ("customer_key", "shown_status", "created_at")
    ordering = ("-id",)
    per_page = 20
    hide_title = True

    @display(description="status", label=STATES)
    def shown_status(self, redemption: Redemption) -> str:
        return redemption.get_status_display().lower()


@admin.register(DiscountCode)
class DiscountCodeAdmin(RecordAdmin):
    """Discount codes. Only orders change the number of uses; a code that was used can't be deleted."""

    form = CodeForm
    list_display = ("code", "promotion", "used", "usage_limit", "once_per_customer", "created_at")
    list_filter = ("once_per_customer", ("promotion", FewFilter))
    list_select_related = ("promotion",)
    search_fields = ("code", "promotion__name")
    autocomplete_fields = ("promotion",)
    fields = (("code", "promotion"), ("usage_limit", "once_per_customer"), "used")
    readonly_fields = ("used",)
    inlines = (RedemptionInline,)

    def get_inlines(self, request: HttpRequest, obj: DiscountCode | None = None) -> tuple[Any, ...]:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: DiscountCode, form: Any, change: bool) -> None:
        promotions.put(obj)


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin):
    """The uses of discount codes."""

    list_display = ("created_at", "code", "customer_key", "shown_status")
    list_filter = ("status",)
    list_select_related = ("code",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("code__code", "customer_key")
    ordering = ("-id",)
    fields = readonly_fields = ("code", "customer_key", "shown_status", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Redemption]:
        redemptions: QuerySet[Redemption] = super().get_queryset(request)
        return redemptions.select_related("code")

    @display(description="status", ordering="status", label=STATES)
    def shown_status(self, redemption: Redemption) -> str:
        return redemption.get_status_display().lower()
