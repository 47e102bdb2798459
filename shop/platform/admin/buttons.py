"""Buttons on the page of one row: each calls an operation, takes a permission and comes by POST alone.

A button that asks something first has a page for it. What the operation refuses becomes a message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from shop.kernel.errors import Refusal
from shop.platform.admin.lists import ListAdmin
from shop.platform.translation import translate

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """What is done (`does` says afterwards what has become true), who may, and for which rows it is shown."""

    name: str
    label: str
    permission: str
    does: Callable[[HttpRequest, Any, Answers], str]
    fits: Callable[[Any], bool] = bool
    asks: type[forms.Form] | None = None
    question: str | Callable[[Any], str] = ""
    variant: str = "default"


class ButtonsAdmin(ListAdmin):
    """The page of a row has buttons above its form."""

    buttons: tuple[Button, ...] = ()
    change_form_outer_before_template = "shop/admin/buttons.html"

    def get_urls(self) -> list[URLPattern]:
        meta = self.model._meta
        name = f"{meta.app_label}_{meta.model_name}_press"
        pressing = path("<path:object_id>/press/<slug:button>/", self.admin_site.admin_view(self.press), name=name)
        return [pressing, *super().get_urls()]

    def press(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """What the button does is done, or asked about, or refused with a message."""
        pressed = next((each for each in self.buttons if each.name == button), None)
        row = self.get_object(request, unquote(object_id))
        if pressed is None or row is None:
            raise Http404
        if not (self.has_view_permission(request, row) and request.user.has_perm(pressed.permission)):
            raise PermissionDenied
        form = (pressed.asks or forms.Form)(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._do(request, row, pressed, form.cleaned_data)
            return HttpResponseRedirect(self.page_of(row))
        if pressed.asks is None:
            return HttpResponseNotAllowed(["POST"])
        return self._ask(request, row, pressed, form)

    def page_of(self, row: Any) -> str:
        """The address of the row's page."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["buttons"] = self._shown(request, row) if row else []
        return super().render_change_form(request, context, *args, **kwargs)

    def _shown(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [
            {"button": each, "href": f"{self.page_of(row).removesuffix('change/')}press/{each.name}/"}
            for each in self.buttons
            if request.user.has_perm(each.permission) and each.fits(row)
        ]

    def _do(self, request: HttpRequest, row: Any, button: Button, answers: Answers) -> None:
        try:
            said = button.does(request, row, answers)
        except Refusal as refusal:
            self.message_user(request, translate(refusal.problem.message, refusal.problem.params), messages.ERROR)
            return
        self.log_change(request, row, said)
        self.message_user(request, said, messages.SUCCESS)

    def _ask(self, request: HttpRequest, row: Any, button: Button, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{button.label}: {row}",
            "opts": self.model._meta,
            "original": row,
            "button": button,
            "question": button.question(row) if callable(button.question) else button.question,
            "form": form,
            "back": self.page_of(row),
        }
        return TemplateResponse(request, "shop/admin/ask.html", context)
