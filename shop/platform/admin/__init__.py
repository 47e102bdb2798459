"""What the admin's pages have in common, and the page of the jobs."""

from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import TabularInline
from unfold.decorators import display

from shop.kernel.errors import Refusal
from shop.platform.actors import Actor
from shop.platform.admin.buttons import Answers, Button, ButtonsAdmin
from shop.platform.admin.choices import ChoosingAdmin, RowFormSet
from shop.platform.admin.lists import ListAdmin
from shop.platform.guards import refusal_of
from shop.platform.models import Job
from shop.platform.records import Stale
from shop.platform.translation import translate
from shop.platform.worker import revive

__all__ = [
    "Answers",
    "Button",
    "ButtonsAdmin",
    "ChoosingAdmin",
    "ListAdmin",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "RecordAdmin",
    "RowFormSet",
    "actor_of",
]


def actor_of(request: HttpRequest) -> Actor:
    """Who sits at the admin, as operations are told."""
    user = request.user
    return Actor(user_id=user.pk, is_staff=bool(user.is_staff), is_superuser=bool(user.is_superuser))


class ReadOnlyInline(TabularInline):
    """Rows that belong to another, to look at, a page at a time."""

    extra = 0
    per_page = 50
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found if found.ordered else found.order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ChoosingAdmin):
    """Rows that code alone writes: they can be seen, and deleted by whoever has that permission."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class RecordAdmin(ChoosingAdmin):
    """Records: a change raises the version, and one that was made on the grounds of an older version is refused."""

    change_form_before_template = "shop/admin/version.html"
    list_per_page = 50
    show_full_result_count = False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        found: type[ModelForm[Any]] = super().get_form(request, obj, change, **kwargs)
        read = request.POST.get("read_version")

        class Versioned(found):  # type: ignore[misc, valid-type]
            asked_by = request.user

            def clean(self) -> Any:
                if read is not None and obj is not None and read != str(obj.version):
                    self.add_error(None, translate(Stale.message))
                return super().clean()

        return Versioned

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            unchanged = type(obj)._default_manager.filter(pk=obj.pk, version=obj.version)
            if not unchanged.changed(instance=obj):
                raise Stale()
        super().save_model(request, obj, form, change)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            messages.error(request, translate(refusal.problem.message, refusal.problem.params))
        except IntegrityError as error:
            messages.error(request, translate((refusal_of(error) or Stale()).message))
        else:
            return response
        return HttpResponseRedirect(request.get_full_path())


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What is still to be done. A dead job can be put back in line."""

    list_display = ("name", "queue", "shown_state", "due_at", "attempts", "error", "created_at")
    list_filter = ("state", "queue", "name")
    search_fields = ("name", "error")
    ordering = ("state", "due_at")
    fields = ("id", "name", "queue", "arguments", "shown_state", "due_at", "attempts", "error", "created_at")
    readonly_fields = fields
    list_per_page = 50
    actions = ("run_again",)

    @display(description="state", ordering="state", label={"waiting": "info", "running": "success", "failed": "danger"})
    def shown_state(self, job: Job) -> str:
        return "running" if job.owner else job.get_state_display().lower()

    @admin.action(description="Run again", permissions=["run_again"])
    def run_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self.message_user(request, f"Jobs that will run again: {revive(jobs)}.", messages.SUCCESS)

    def has_run_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("platform.change_job"))

    def why_kept(self, request: HttpRequest, row: Job) -> str:
        return "" if row.state == Job.State.DEAD else "Only jobs that failed can be deleted."
