"""The admin's form for the credentials of a gateway: a field for each value, none of which is shown again."""

from typing import Any, Final, cast

from django import forms
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from shop.payments import registry
from shop.payments.models import GatewayCredentials
from shop.payments.operations import gateway_credentials
from shop.payments.ports import Credentials, Gateway

LONGEST: Final = 5000
NOT_FILLED_IN: Final = {"autocomplete": "new-password"}
"""Browsers don't offer the password of whoever is logged in."""


class ProviderForm(forms.Form):
    """For which gateway credentials are entered."""

    provider = forms.ChoiceField(label="Gateway", widget=UnfoldAdminSelectWidget)


class CredentialsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is left empty keeps its value. `credentials` are the values, once the form is valid."""

    gateway_class: type[Gateway]
    credentials_type: type[Credentials]
    credentials: Credentials

    class Meta:
        model = GatewayCredentials
        fields = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_new = self.instance._state.adding
        kept = {} if is_new else gateway_credentials.stored_values(self.instance)
        values = {name: cleaned.get(name) or kept.get(name) for name in self.credentials_type.model_fields}
        try:
            self.credentials = self.credentials_type(**{name: each for name, each in values.items() if each})
        except ValidationError as wrong:
            for each in wrong.errors(include_input=False):
                name = str(each["loc"][0]) if each["loc"] else None
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, f"{each['msg']}.")
        else:
            self._try_them()
        return cleaned

    def _try_them(self) -> None:
        """A mistake that the gateway finds itself is shown here, instead of taking the gateway away."""
        try:
            registry.make(self.gateway_class, self.credentials)
        except Exception as wrong:
            why = registry.described(wrong, self.credentials)
            self.add_error(None, f"The gateway can't be created with these credentials: {why}")


def form_for(gateway_class: type[Gateway], row: GatewayCredentials | None) -> type[CredentialsForm]:
    """The form for the gateway, whose row is to be replaced, or None for a new one."""
    declared = cast(type[Credentials], gateway_class.credentials_type)
    kept = gateway_credentials.stored_values(row) if row else {}
    endings = row.endings if row else {}
    fields: dict[str, forms.Field] = {
        name: _field(name, info, is_kept=name in kept, ending=endings.get(name, ""))
        for name, info in declared.model_fields.items()
    }
    fields["same_account"] = forms.BooleanField(
        label="These credentials belong to the same account",
        required=False,
        help_text="Required while payments or refunds are in progress at the provider.",
        widget=UnfoldBooleanSwitchWidget,
    )
    declared_by = {"gateway_class": gateway_class, "credentials_type": declared}
    return type("GatewayCredentialsForm", (CredentialsForm,), {**fields, **declared_by})


def _field(name: str, info: FieldInfo, *, is_kept: bool, ending: str) -> forms.CharField:
    is_public = info.annotation is str
    shown = f"Ends in {ending}." if ending else "Set."
    return forms.CharField(
        label=info.title or name.replace("_", " ").capitalize(),
        required=info.is_required() and not is_kept,
        max_length=LONGEST,
        help_text=f"{shown} Leave it empty to keep it." if is_kept else info.description or "",
        widget=UnfoldAdminTextInputWidget() if is_public else UnfoldAdminPasswordWidget(NOT_FILLED_IN),
    )
