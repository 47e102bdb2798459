"""The admin's form for categories."""

from django import forms

from shop.catalog.models import Category
from shop.catalog.models.category import DEEPEST


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category that can stand where it is wanted."""

    class Meta:
        model = Category
        fields = ("name", "slug", "parent", "position", "is_active", "description_html")
        labels = {"description_html": "Description (HTML)"}

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        if parent is None:
            return None
        mine = "" if self.instance._state.adding else self.instance.path
        if mine and parent.path.startswith(mine):
            raise forms.ValidationError("A category can't stand below itself.")
        below = Category.objects.filter(path__startswith=mine) if mine else Category.objects.none()
        height = max((each - self.instance.depth for each in below.values_list("depth", flat=True)), default=0)
        if parent.depth + 1 + height >= DEEPEST:
            raise forms.ValidationError(f"The tree of categories has at most {DEEPEST} levels.")
        return parent
