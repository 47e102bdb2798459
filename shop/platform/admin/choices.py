"""Rows that a form names, without a statement for each and without a failure where there is none of that name."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, ManyToManyField, Model
from django.http import HttpRequest
from unfold.forms import PaginationInlineFormSet

from shop.platform.admin.lists import ListAdmin


class Found(AutocompleteSelect):
    """A list to search in. A key that can't be one is shown again as nothing: Django's own widget asks for its row."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        try:
            return super().optgroups(name, value, attrs)
        except (ValidationError, ValueError):
            return super().optgroups(name, [], attrs)


class Rows(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows by their keys. Django's own asks SQLite for numbers that it does not have."""

    def clean(self, value: Any) -> Any:
        key: Any = self.queryset.model._meta.pk  # type: ignore[union-attr]
        try:
            for each in value or ():
                key.clean(each, None)
        except ValidationError:
            raise ValidationError(
                self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": each}
            ) from None
        return super().clean(value)


class ChoosingAdmin(ListAdmin):
    """Forms in which other rows are chosen, that take anything that a browser may send."""

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{"form_class": Rows, **kwargs})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Found(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class KnownRow(forms.Field):
    """The key of one of these rows."""

    widget = forms.HiddenInput

    def __init__(self, rows: dict[str, Model], **options: Any) -> None:
        self.rows = rows
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> Model | None:
        if value in self.empty_values:
            return None
        row = self.rows.get(str(getattr(value, "pk", value)))
        if row is None:
            raise ValidationError("This no longer exists.", code="invalid_choice")
        return row

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class RowFormSet(PaginationInlineFormSet):
    """Rows of an inline, or one page of them, read in one statement."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        name = str(self.model._meta.pk.name)
        if name in form.fields:
            rows = {str(each.pk): each for each in self.get_queryset()}
            form.fields[name] = KnownRow(rows, initial=form.fields[name].initial)
