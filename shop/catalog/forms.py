"""The admin's forms for brands and categories."""

from typing import Any

from django import forms

from shop.catalog.models import Brand, Category
from shop.catalog.models.category import DEEPEST
from shop.catalog.slugs import free_slug, slug_of


class SluggedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form with a slug. An empty slug is made from the whole name, with a number if it is in use."""

    histories: tuple[Any, ...] = ()
    """The models with former slugs, which must not be taken either."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "Leave empty to make it from the name."

    def clean_slug(self) -> str:
        slug, name = str(self.cleaned_data["slug"]), str(self.cleaned_data.get("name", ""))
        if slug or self.instance.slug or not name:
            return slug or str(self.instance.slug)
        taken = {
            used
            for model in (self._meta.model, *self.histories)
            for used in model._default_manager.filter(slug__startswith=slug_of(name)).values_list("slug", flat=True)
        }
        return free_slug(name, taken)


class BrandForm(SluggedForm):
    """The manufacturer of a product."""

    class Meta:
        model = Brand
        fields = ("name", "slug")


class CategoryForm(SluggedForm):
    """A category, with a check that its place in the tree is possible."""

    class Meta:
        model = Category
        fields = ("name", "slug", "parent", "position", "is_active", "description_html")

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        if parent is None:
            return None
        mine = "" if self.instance._state.adding else self.instance.path
        if mine and parent.path.startswith(mine):
            raise forms.ValidationError("A category can't be moved below itself.")
        below = Category.objects.filter(path__startswith=mine) if mine else Category.objects.none()
        height = max((each - self.instance.depth for each in below.values_list("depth", flat=True)), default=0)
        if parent.depth + 1 + height >= DEEPEST:
            raise forms.ValidationError(f"Categories can be nested up to {DEEPEST} levels.")
        return parent
