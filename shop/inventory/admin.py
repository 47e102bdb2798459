"""Stock in the admin: it is looked at, and changed by adjustments alone, each of which stands in the books."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from shop.inventory import operations as inventory
from shop.inventory.forms import AdjustForm, FirstStockForm, LocationForm
from shop.inventory.models import Hold, HoldLine, Location, StockLevel, StockMovement
from shop.inventory.settings import inventory_settings
from shop.platform.admin import (
    Answers,
    Button,
    ButtonsAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RecordAdmin,
    actor_of,
)

MAY_ADJUST = "inventory.change_stocklevel"
KINDS = {"received": "success", "adjusted": "info", "allocated": "warning", "released": "info"}


@admin.register(Location)
class LocationAdmin(RecordAdmin):
    """Where stock lies; the lowest priority is asked first. One is always in use."""

    form = LocationForm
    list_display = ("name", "code", "priority", "is_active")
    search_fields = ("name", "code")
    fields = (("name", "code"), ("priority", "is_active"))

    def why_kept(self, request: HttpRequest, row: Location) -> str:
        return "It is in use. Switch it off first." if row.is_active else ""


class LeftFilter(admin.SimpleListFilter):
    """Levels by what can still be sold; a variant that is not counted never runs out."""

    title, parameter_name = "available", "available"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("out", "none left"), ("low", "few left"), ("short", "few or none left")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        counted, low = queryset.filter(variant__track_inventory=True), inventory_settings().low_stock
        wanted = {
            "out": counted.filter(left__lte=0),
            "low": counted.filter(left__gt=0, left__lte=low),
            "short": counted.filter(left__lte=low),
        }
        return wanted.get(self.value() or "", queryset)


class MovementInline(ReadOnlyInline):
    model = StockMovement
    fields = readonly_fields = ("created_at", "kind", "delta_on_hand", "delta_allocated", "reason", "actor")
    per_page = 20
    hide_title = True
    verbose_name_plural = "movements, newest first"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        found: QuerySet[StockMovement] = super().get_queryset(request)
        return found.select_related("actor")


def _adjust(request: HttpRequest, level: StockLevel, answers: Answers) -> str:
    after = inventory.adjust(
        level.variant_id,
        delta=answers["delta"],
        set_to=answers["set_to"],
        location=level.location,
        reason=answers["reason"],
        actor=actor_of(request),
    )
    return f"Stock changed from {level.on_hand} to {after.on_hand}."


def _how_many(level: StockLevel) -> str:
    reserved = level.held + level.allocated + level.unavailable
    return f"There are {level.on_hand} now, {reserved} of them reserved: not fewer than those can be left."


@admin.register(StockLevel)
class StockLevelAdmin(ButtonsAdmin, ReadOnlyAdmin):
    """How much stock is where, and how much of it is reserved."""

    form = FirstStockForm
    list_display = (
        "shown_variant", "sku", "location", "on_hand", "held", "allocated", "provisional", "unavailable", "available",
        "adjusting",
    )  # fmt: skip
    list_display_links = ("shown_variant",)
    list_filter = (LeftFilter, "location")
    linked_by = ("variant__id__exact",)
    list_select_related = ("variant__product", "location")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("variant__sku", "variant__product__name")
    search_help_text = "Product or SKU"
    ordering = ("variant__product__name", "variant__position", "location__priority")
    autocomplete_fields = ("variant", "location")
    inlines = (MovementInline,)
    buttons = (
        Button(
            name="adjust",
            label="Adjust",
            permission=MAY_ADJUST,
            does=_adjust,
            asks=AdjustForm,
            question=_how_many,
            variant="primary",
        ),
    )
    counters = ("on_hand", "held", "allocated", "provisional", "unavailable", "available", "backorder_room")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockLevel]:
        found: QuerySet[StockLevel] = super().get_queryset(request)
        left = F("on_hand") - F("held") - F("allocated") - F("unavailable")
        return found.select_related("variant__product", "location").annotate(left=left)

    def get_fields(self, request: HttpRequest, obj: StockLevel | None = None) -> tuple[Any, ...]:
        if obj is None:
            return ("variant", "location", "quantity", "reason")
        return (("shown_variant", "sku"), "location", self.counters[:1] + self.counters[4:], self.counters[1:4])

    def get_readonly_fields(self, request: HttpRequest, obj: StockLevel | None = None) -> tuple[str, ...]:
        return ("shown_variant", "sku", "location", *self.counters) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: StockLevel | None = None) -> tuple[Any, ...]:
        return self.inlines if obj else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_ADJUST))

    def has_delete_permission(self, request: HttpRequest, obj: StockLevel | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: StockLevel, form: Any, change: bool) -> None:
        said = form.cleaned_data
        obj.pk = inventory.adjust(
            said["variant"].pk,
            set_to=said["quantity"],
            location=said["location"],
            reason=said["reason"],
            actor=actor_of(request),
        ).pk

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown = list(super().get_list_display(request))
        return shown if request.user.has_perm(MAY_ADJUST) else shown[:-1]

    @display(description="variant", ordering="variant__product__name")
    def shown_variant(self, level: StockLevel) -> str:
        return str(level.variant)

    @display(description="SKU", ordering="variant__sku")
    def sku(self, level: StockLevel) -> str:
        return level.variant.sku or "—"

    @display(description="available", ordering="left")
    def available(self, level: Any) -> str:
        if not level.variant.track_inventory:
            return "not counted"
        sort = "out" if level.left <= 0 else "low" if level.left <= inventory_settings().low_stock else "enough"
        return format_html('<span class="left {}">{}</span>', sort, level.left)

    @display(description="")
    def adjusting(self, level: StockLevel) -> str:
        href = reverse("admin:inventory_stocklevel_press", args=[level.pk, "adjust"])
        return format_html('<a class="text-link" href="{}">Adjust</a>', href)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """The books: every change that ever was, by whom and why."""

    list_display = (
        "created_at", "shown_variant", "location", "shown_kind", "delta_on_hand", "delta_allocated", "reason", "actor"
    )  # fmt: skip
    list_filter = ("kind", "level__location")
    list_select_related = ("level__variant__product", "level__location", "actor")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("level__variant__sku", "level__variant__product__name", "reason")
    fields = readonly_fields = (
        "created_at", "shown_variant", "location", "shown_kind", "delta_on_hand", "delta_allocated",
        "delta_unavailable", "reason", "actor",
    )  # fmt: skip

    @display(description="variant")
    def shown_variant(self, movement: StockMovement) -> str:
        return str(movement.level.variant)

    @display(description="location")
    def location(self, movement: StockMovement) -> str:
        return movement.level.location.name

    @display(description="kind", ordering="kind", label=KINDS)
    def shown_kind(self, movement: StockMovement) -> str:
        return movement.kind


class HoldLineInline(ReadOnlyInline):
    model = HoldLine
    fields = readonly_fields = ("shown_variant", "location", "quantity")
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoldLine]:
        found: QuerySet[HoldLine] = super().get_queryset(request)
        return found.select_related("level__variant__product", "level__location")

    def has_view_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return bool(request.user.has_perm("inventory.view_hold"))

    @display(description="variant")
    def shown_variant(self, line: HoldLine) -> str:
        return str(line.level.variant)

    @display(description="location")
    def location(self, line: HoldLine) -> str:
        return line.level.location.name


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    """Stock set aside for buyers."""

    list_display = ("created_at", "shown_status", "unconfirmed", "expires_at")
    list_filter = ("status", "is_provisional")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    fields = readonly_fields = ("shown_status", "unconfirmed", "created_at", "expires_at", "updated_at")
    inlines = (HoldLineInline,)

    @display(description="status", ordering="status", label={"reserved for now": "warning", "reserved": "success"})
    def shown_status(self, hold: Hold) -> str:
        return hold.get_status_display().lower()

    @display(description="unconfirmed", ordering="is_provisional")
    def unconfirmed(self, hold: Hold) -> str:
        return "yes" if hold.is_provisional else "—"
