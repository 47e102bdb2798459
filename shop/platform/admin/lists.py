"""What a list may be asked: what its own page asks it, and nothing else.

Django lets an address filter by any column, `?password__startswith=a` too: whoever may only look at a list could find
out, letter by letter, what no page shows.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import DateField, DateTimeField, Field, QuerySet
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSplitDateTimeVerticalWidget

from shop.platform.admin.times import SplitTimeField, zone_note

MOST_NAMED: Final = 5
"""So many rows are named that can't be deleted; more would be no message but a list."""


def once(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The method, which answers for a row once: a page asks five times for what it shows of it."""

    @wraps(method)
    def asked(site: Any, row: Any) -> Any:
        known = row.__dict__.setdefault("_shown", {})
        if method.__name__ not in known:
            known[method.__name__] = method(site, row)
        return known[method.__name__]

    return asked


class FewFilter(RelatedFieldListFilter):
    """The first of the rows that a column refers to: a shop may have thousands. The others are found by searching."""

    most = 50

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = field.related_model._default_manager.order_by(*self.field_admin_ordering(field, request, model_admin))
        chosen = rows.filter(pk=self.lookup_val[-1]) if self.lookup_val else rows.none()
        return [(row.pk, str(row)) for row in dict.fromkeys([*rows[: self.most], *chosen])]


class ListAdmin(ModelAdmin):
    """The root of every page of rows: a question that its list does not put, or that has no answer, is refused."""

    compressed_fields = False  # a label beside its field leaves no room for the field where several share a row
    formfield_overrides: Any = {
        DateTimeField: {"form_class": SplitTimeField, "widget": UnfoldAdminSplitDateTimeVerticalWidget}
    }
    linked_by: tuple[str, ...] = ()
    """Lookups that other pages link to the list with, besides its own filters: `variant__id__exact`."""

    def why_kept(self, request: HttpRequest, row: Any) -> str:
        """Why whoever asks can't delete the row, as a sentence; empty if they can, as far as the row matters."""
        return ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether rows, or this one, may be deleted. Where there is no such permission, by nobody."""
        may = "delete" in self.opts.default_permissions and bool(super().has_delete_permission(request, obj))
        return may and (obj is None or not self.why_kept(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django's own action asks the permission for each row, and says no more than 403."""
        found: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in found:
            found["delete_selected"] = (delete_chosen, *found["delete_selected"][1:])
        return found

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """Times are typed in the store's time zone, and the field says so."""
        found: FormField | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if found is not None and isinstance(db_field, DateTimeField):
            found.help_text = f"{found.help_text} {zone_note()}".strip()
        return found

    def lookup_allowed(self, lookup: str, value: object, request: HttpRequest) -> bool:
        return lookup in {*self.linked_by, *self._put_by_filters(request), *self._put_by_dates()}

    def _put_by_filters(self, request: HttpRequest) -> Iterator[str]:
        for put in self.get_list_filter(request):
            if isinstance(put, type) and issubclass(put, SimpleListFilter):
                yield str(put.parameter_name)
            else:
                path = put if isinstance(put, str) else put[0]
                yield from self._put_of(path)

    def _put_of(self, path: str) -> Iterator[str]:
        """What a filter of Django's asks of a field."""
        field: Any = get_fields_from_path(self.model, path)[-1]
        yield f"{path}__isnull"
        yield f"{path}__isempty"
        if field.is_relation:
            yield f"{path}__{field.target_field.name}__exact"
            return
        yield path
        yield f"{path}__exact"
        if isinstance(field, DateField):
            yield f"{path}__gte"
            yield f"{path}__lt"

    def _put_by_dates(self) -> Iterator[str]:
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day"))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list that was asked for; Django leads from what it can't be asked to the list itself."""
        try:
            found: ChangeList = super().get_changelist_instance(request)
        except DisallowedModelAdminLookup as wrong:
            raise IncorrectLookupParameters(wrong) from wrong
        except (ValueError, OverflowError, ValidationError) as wrong:
            if not request.GET:
                raise
            raise IncorrectLookupParameters(wrong) from wrong
        return found

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **options: Any
    ) -> HttpResponse | None:
        """What was chosen is done. A key that no row can have comes from no page of ours."""
        key: Any = self.opts.pk
        try:
            for each in request.POST.getlist(ACTION_CHECKBOX_NAME):
                key.clean(each, None)
        except ValidationError as wrong:
            raise BadRequest("One of the keys is not valid.") from wrong
        response: HttpResponse | None = super().response_action(request, queryset, *args, **options)
        return response


def delete_chosen(site: ListAdmin, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
    """The chosen rows are deleted once that is confirmed, or none of them if one has to stay; then it is told why."""
    kept = [f"{row}: {why}" for row in chosen if (why := site.why_kept(request, row))]
    if not kept:
        asked: HttpResponse | None = delete_selected(site, request, chosen)
        return asked
    for sentence in kept[:MOST_NAMED]:
        site.message_user(request, sentence, messages.ERROR)
    more = f" {len(kept) - MOST_NAMED} more can't be deleted either." if len(kept) > MOST_NAMED else ""
    site.message_user(request, f"Nothing was deleted.{more}", messages.ERROR)
    return None
