"""Customer groups in the admin: whose prices and discounts a customer gets."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from shop.accounts.models import CustomerGroup
from shop.kernel.plain_text import readable
from shop.platform.admin import RecordAdmin

DEFAULT_STAYS = "Guests and new accounts are in this group, so it can't be deleted."


class CustomerGroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group under a name and a code that no other one has in any case."""

    class Meta:
        model = CustomerGroup
        fields = ("name", "code")
        help_texts = {"code": "In lower case, for example wholesale. It can't be changed later."}

    def clean_name(self) -> str:
        name = readable(str(self.cleaned_data["name"])).strip()
        if not name:
            raise forms.ValidationError("Enter a name.", code="required")
        if self._others().filter(name__iexact=name).exists():
            raise forms.ValidationError("Another group has this name.", code="already_exists")
        return name

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).lower()
        if self._others().filter(code__iexact=code).exists():
            raise forms.ValidationError("Another group has this code.", code="already_exists")
        return code

    def _others(self) -> models.QuerySet[CustomerGroup]:
        return CustomerGroup.objects.exclude(pk=self.instance.pk)


@admin.register(CustomerGroup)
class CustomerGroupAdmin(RecordAdmin):
    """Groups of customers. The default one, and one that is in use, can't be deleted."""

    form = CustomerGroupForm
    list_display = ("name", "code", "is_default", "members")
    search_fields = ("name", "code")
    fieldsets = ((None, {"fields": (("name", "code"), "is_default")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: CustomerGroup | None = None) -> tuple[str, ...]:
        return ("code", "is_default") if obj else ("is_default",)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        may_see_users = request.user.has_perm("accounts.view_user")
        return self.list_display if may_see_users else self.list_display[:-1]

    def why_kept(self, request: HttpRequest, row: CustomerGroup) -> str:
        if row.is_default:
            return DEFAULT_STAYS
        uses = _uses(row)
        return f"It is used by {_listed(uses)}, so it can't be deleted." if uses else ""

    @display(description="users")
    def members(self, group: CustomerGroup) -> str:
        if group.is_default:
            return "Everybody who is in no other group"
        users = reverse("admin:accounts_user_changelist")
        return format_html('<a href="{}?group__id__exact={}">Show users</a>', users, group.pk)


def _uses(group: CustomerGroup) -> list[str]:
    """What refers to the group and would be left without it: "2 users", "1 price list"."""
    found = []
    for relation in group._meta.related_objects:
        kind: Any = relation.related_model
        count = kind._base_manager.filter(**{relation.field.name: group}).count()
        if count:
            name = kind._meta.verbose_name if count == 1 else kind._meta.verbose_name_plural
            found.append(f"{count} {name}")
    return found


def _listed(uses: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(uses[:-1]), uses[-1])))
