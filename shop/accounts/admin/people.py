"""People and what is theirs, in the admin.

One-time passwords and registrations that wait can be seen and deleted, never written, by anybody.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from shop.accounts.forms import AddressForm, NewUserForm, PasswordForm, UserForm
from shop.accounts.models import Address, OneTimePassword, PendingRegistration, Session, User
from shop.accounts.operations import addresses, administration, sessions
from shop.platform.admin import ChoosingAdmin, ListAdmin, ReadOnlyAdmin, ReadOnlyInline, RecordAdmin
from shop.platform.admin.choices import Rows
from shop.platform.clock import now
from shop.stores.forms import chosen

admin.site.unregister(Group)

STATES = {
    "live": "success",
    "waiting": "info",
    "exchanged": "info",
    "used": "info",
    "exhausted": "danger",
    "expired": "warning",
    "ended": "warning",
}
STAFF_STAYS = "Only a superuser can delete a staff account and what belongs to it."


def may_touch(request: HttpRequest, owner: User | None) -> bool:
    """Staff accounts, and what is theirs, are a superuser's business."""
    return owner is None or bool(request.user.is_superuser) or not administration.is_staff_account(owner)


class PermissionRows(Rows):
    """Permissions, by the names that the pages have: "Inventory: view reserved stock"."""

    def label_from_instance(self, obj: Any) -> str:
        model, (verb, _, named) = obj.content_type.model_class(), obj.codename.partition("_")
        is_usual = model is not None and named == model._meta.model_name
        may = f"{verb} {model._meta.verbose_name_plural}" if is_usual else obj.name.removeprefix("Can ")
        return f"{apps.get_app_config(obj.content_type.app_label).verbose_name}: {may}"


class GivingPower(ChoosingAdmin):
    """Pages on which permissions are chosen."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        if db_field.related_model is Permission:
            kwargs["form_class"] = PermissionRows
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ForSuperusers(ChoosingAdmin):
    """What gives power: others may look at it with the permission, and change nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(Group)
class GroupAdmin(GivingPower, ForSuperusers, DjangoGroupAdmin):
    """Groups hand out permissions."""


class OwnInline(ReadOnlyInline):
    """What a person has, to look at."""

    per_page = 20
    tab = True
    show_change_link = True


class SessionInline(OwnInline):
    model = Session
    fields = readonly_fields = ("audience", "device_name", "ip", "created_at", "last_seen_at", "ended_at", "ending")


class AddressInline(OwnInline):
    model = Address
    fields = readonly_fields = ("line1", "postal_code", "city", "country", "is_default_shipping", "is_default_billing")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, GivingPower, RecordAdmin):  # type: ignore[misc, type-arg]
    """Customers and staff. Whoever is no superuser can't touch staff, nor hand out power. What is closed stays so."""

    form, add_form, change_password_form = UserForm, NewUserForm, PasswordForm
    change_user_password_template = None
    list_display = ("email", "full_name", "verified", "is_staff", "is_active", "created_at", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", ("email_verified_at", admin.EmptyFieldListFilter), "groups")
    search_fields = ("email", "first_name", "last_name", "phone")
    ordering = ("-created_at",)
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("password_link", "email_verified_at", "last_login", "created_at", "updated_at", "closed_at")
    inlines = (SessionInline, AddressInline)
    linked_by = ("group__id__exact",)
    power = ("is_staff", "is_superuser", "groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email", ("verified", "email_verified_at"), "password_link")}),
        ("Person", {"fields": (("first_name", "last_name"), ("phone", "locale"), "group", "marketing_consent")}),
        ("Access", {"fields": ("is_active", ("is_staff", "is_superuser"), "groups", "user_permissions")}),
        ("Times", {"fields": (("created_at", "updated_at"), ("last_login", "closed_at"))}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "verified", ("first_name", "last_name"), "phone")}),
        ("Password", {"fields": ("usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *self.power)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The customer group is for those who may see customer groups."""
        if obj is None or request.user.has_perm("accounts.view_customergroup"):
            return super().get_fieldsets(request, obj)
        return [
            (title, {**options, "fields": tuple(name for name in options["fields"] if name != "group")})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> tuple[type[OwnInline], ...]:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = bool(super().has_change_permission(request, obj)) and may_touch(request, obj)
        return allowed and (obj is None or obj.closed_at is None)

    def why_kept(self, request: HttpRequest, row: User) -> str:
        if row == request.user:
            return "You can't delete your own account."
        return "" if may_touch(request, row) else STAFF_STAYS

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        with administration.changing(
            obj,
            old_email=form.initial["email"],
            was_active=form.initial["is_active"],
            was_staff=form.initial.get("is_staff", obj.is_staff),
        ):
            super().save_model(request, obj, form, change)

    @display(description="name")
    def full_name(self, user: User) -> str:
        return f"{user.first_name} {user.last_name}".strip()

    @display(description="confirmed", boolean=True, ordering="email_verified_at")
    def verified(self, user: User) -> bool:
        return user.email_verified

    @display(description="password")
    def password_link(self, user: User) -> str:
        """Says that there is one, never anything of it."""
        said = "There is one." if user.has_usable_password() else "There is none."
        href = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('{} <a class="text-primary-600 underline" href="{}">Set another</a>', said, href)


class OwnedAdmin(ListAdmin):
    """Rows of a person: those of staff are changed and deleted by superusers only."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and may_touch(request, obj and obj.user)

    def why_kept(self, request: HttpRequest, row: Any) -> str:
        return "" if may_touch(request, row.user) else STAFF_STAYS


@admin.register(Address)
class AddressAdmin(OwnedAdmin, RecordAdmin):
    """The address books."""

    form = AddressForm
    list_display = ("user", "first_name", "last_name", "line1", "postal_code", "city", "country")
    list_filter = ("is_default_shipping", "is_default_billing", "country")
    list_select_related = ("user",)
    search_fields = ("user__email", "last_name", "company", "line1", "city", "postal_code")
    autocomplete_fields = ("user",)
    fieldsets = (
        (None, {"fields": ("user", ("is_default_shipping", "is_default_billing"))}),
        (
            "Address",
            {
                "fields": (
                    ("first_name", "last_name"),
                    "company",
                    "line1",
                    "line2",
                    ("postal_code", "city"),
                    ("state", "country"),
                    "phone",
                )
            },
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Address | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.user.is_active)

    def get_readonly_fields(self, request: HttpRequest, obj: Address | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return chosen(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: Address, form: Any, change: bool) -> None:
        values = {name: value for name, value in form.cleaned_data.items() if name != "user"}
        if change:
            addresses.change(obj.user_id, obj.pk, values, version=obj.version)
        else:
            obj.pk = addresses.add(obj.user_id, values).pk


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "live"), ("over", "over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        over = Q(ended_at__isnull=False) | Q(expires_at__lte=now())
        return {"live": queryset.exclude(over), "over": queryset.filter(over)}.get(self.value() or "", queryset)


@admin.register(Session)
class SessionAdmin(OwnedAdmin, ReadOnlyAdmin):
    """Devices that are or were logged in. They can be revoked; their tokens are nowhere."""

    list_display = ("user", "audience", "device", "ip", "last_seen_at", "created_at", "shown_state")
    list_filter = (StateFilter, "audience", "ending")
    list_select_related = ("user",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("user__email", "device_name", "ip")
    fields = readonly_fields = (
        "user",
        "audience",
        "device_name",
        "user_agent",
        "ip",
        "shown_state",
        "created_at",
        "last_seen_at",
        "expires_at",
        "ended_at",
        "ending",
    )
    actions = ("revoke",)
    change_form_outer_before_template = "shop/admin/revoke.html"

    @display(description="device")
    def device(self, session: Session) -> str:
        return session.device_name or session.user_agent[:60] or "a device"

    @display(description="state", label=STATES)
    def shown_state(self, session: Session) -> str:
        return "live" if session.is_live else "ended" if session.ended_at else "expired"

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen_ones: QuerySet[Session]) -> None:
        keys = [each.pk for each in chosen_ones.select_related("user") if may_touch(request, each.user)]
        ended = sessions.end(keys, because=Session.Ending.REVOKED)
        self.message_user(request, f"Devices logged out: {ended}.", messages.SUCCESS)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        session = context["original"]
        if self.has_revoke_permission(request) and may_touch(request, session.user):
            context["revoke_url"] = reverse("admin:accounts_session_changelist")
        return super().render_change_form(request, context, *args, **kwargs)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.change_session"))


@admin.register(OneTimePassword)
class OneTimePasswordAdmin(ReadOnlyAdmin):
    """Codes that were asked for. Nobody can add or change one, superusers included; the code itself is nowhere."""

    list_display = ("subject", "purpose", "shown_state", "tries", "created_at", "expires_at")
    list_filter = ("purpose",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("subject",)
    fields = readonly_fields = (
        "subject",
        "purpose",
        "shown_state",
        "tries",
        "created_at",
        "expires_at",
        "used_at",
    )

    @display(description="state", label=STATES)
    def shown_state(self, row: OneTimePassword) -> str:
        return row.state


@admin.register(PendingRegistration)
class PendingRegistrationAdmin(ReadOnlyAdmin):
    """Registrations that wait for their code."""

    list_display = ("email", "first_name", "last_name", "created_at", "expires_at")
    list_per_page = 50
    search_fields = ("email",)
    fields = readonly_fields = ("email", "first_name", "last_name", "phone", "created_at", "expires_at")
