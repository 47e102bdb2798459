"""The admin's forms for accounts and passwords."""

from typing import Any

from django import forms
from unfold.forms import AdminOwnPasswordChangeForm, AdminPasswordChangeForm, UserCreationForm
from unfold.widgets import UnfoldBooleanSwitchWidget

from shop.accounts.models import User, email_key
from shop.accounts.operations import addresses, administration, password
from shop.kernel.errors import Refusal
from shop.kernel.plain_text import readable, without_ignored
from shop.platform.clock import now
from shop.platform.translation import translate
from shop.stores.addresses import gaps, mistakes
from shop.stores.models import locale_tag
from shop.stores.phones import NotAPhone, phone

LONGEST_KEY = 254


class VouchedEmail(forms.ModelForm):  # type: ignore[type-arg]
    """An address that no other account has in any spelling, and whether staff vouches for it."""

    verified = forms.BooleanField(
        label="E-mail is confirmed", required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )

    def clean_email(self) -> str:
        email = without_ignored(str(self.cleaned_data["email"]))
        key = email_key(email)
        if len(key) > LONGEST_KEY:
            raise forms.ValidationError("This address is too long.", code="too_long")
        if User.objects.filter(email_key=key).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is an account with this address already.", code="already_exists")
        return email

    def clean_first_name(self) -> str:
        return readable(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return readable(self.cleaned_data["last_name"])

    def clean_phone(self) -> str:
        try:
            return phone(self.cleaned_data["phone"])
        except NotAPhone as wrong:
            raise forms.ValidationError(str(wrong), code="invalid_format") from None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        verified = self.cleaned_data.get("verified", self.instance.email_verified)
        if verified != self.instance.email_verified:
            self.instance.email_verified_at = now() if verified else None


class NewUserForm(VouchedEmail, UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "phone")
        field_classes: dict[str, Any] = {}


class UserForm(VouchedEmail):
    asked_by: Any = None

    class Meta:
        model = User
        fields = (
            "email",
            "first_name",
            "last_name",
            "phone",
            "locale",
            "group",
            "marketing_consent",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
            "user_permissions",
        )
        labels = {"group": "Customer group"}
        help_texts = {"group": "It decides which prices and discounts the customer gets. Empty: the default group."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verified"].initial = self.instance.email_verified
        if "locale" in self.fields:
            self.fields["locale"].validators.append(locale_tag)
        if "user_permissions" in self.fields:
            permissions: Any = self.fields["user_permissions"]
            permissions.queryset = permissions.queryset.select_related("content_type")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.asked_by == self.instance:
            for name in ("is_active", "is_staff", "is_superuser"):
                if name in self.fields and not values.get(name) and self.initial.get(name):
                    self.add_error(name, "You would lock yourself out.")
        return values


class PasswordForm(AdminPasswordChangeForm):
    """Staff sets somebody's password; their devices are logged out and they get a notice."""

    def set_password_and_save(
        self,
        user: User,
        password_field_name: str = "password1",  # noqa: S107 - a field's name
        commit: bool = True,
    ) -> User:
        usable = self.cleaned_data["set_usable_password"]
        administration.set_password(user, self.cleaned_data[password_field_name] if usable else None)
        return user


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Staff changes the own password. Tries at the old one are counted as failed logins are."""

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        try:
            password.confirm(self.user, old)
        except Refusal as refusal:
            raise forms.ValidationError(translate(refusal.message), code=refusal.code) from None
        return old

    def set_password_and_save(
        self,
        user: User,
        password_field_name: str = "new_password1",  # noqa: S107 - a field's name
        commit: bool = True,
    ) -> User:
        administration.set_password(user, self.cleaned_data[password_field_name])
        return user


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    """An address as its country's post wants it."""

    asked_by: Any = None

    def _get_validation_exclusions(self) -> set[str]:
        """What is default is settled where the address is stored: the one before gives it up."""
        return {*super()._get_validation_exclusions(), "is_default_shipping", "is_default_billing"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values |= {name: readable(text) for name, text in values.items() if isinstance(text, str)}
        for problem in mistakes(values) + gaps(values):
            if problem.field in self.fields and problem.field not in self.errors:
                self.add_error(problem.field, translate(problem.message, problem.params))
        owner = values.get("user")
        if owner and self.instance._state.adding and owner.addresses.count() >= addresses.MOST:
            self.add_error("user", f"This address book is full: it has {addresses.MOST} addresses.")
        if owner and not owner.is_active:
            self.add_error("user", "This account is switched off.")
        if owner and administration.is_staff_account(owner) and not self.asked_by.is_superuser:
            self.add_error("user", "Only superusers may change staff accounts.")
        return values
