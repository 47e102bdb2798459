"""Tax classes with their rates in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from shop.platform.admin import RecordAdmin, RowFormSet
from shop.stores.forms import chosen
from shop.tax.forms import TaxRateForm
from shop.tax.models import TaxClass, TaxRate


class TaxRateInline(TabularInline):
    model = TaxRate
    form = TaxRateForm
    formset = RowFormSet
    per_page = 50
    extra = 0
    fields = ("country", "name", "percent")
    hide_title = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return chosen(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))


@admin.register(TaxClass)
class TaxClassAdmin(RecordAdmin):
    """Tax classes with their rate in each country; products refer to a class by its code."""

    list_display = ("name", "code", "rate_count")
    search_fields = ("name", "code")
    fields = (("name", "code"),)
    inlines = (TaxRateInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxClass]:
        rows: QuerySet[TaxClass] = super().get_queryset(request)
        return rows.annotate(counted=Count("rates"))

    def get_readonly_fields(self, request: HttpRequest, obj: TaxClass | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def why_kept(self, request: HttpRequest, row: TaxClass) -> str:
        return "The standard tax class can't be deleted." if row.code == "standard" else ""

    @display(description="countries", ordering="counted")
    def rate_count(self, tax_class: Any) -> int:
        return int(tax_class.counted)
