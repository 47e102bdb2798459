"""The tree of categories, and brands."""

from django.db import models
from django.db.models import F, Q

from shop.platform.records import Record, Records

DEEPEST = 8
STEP = 33
"""The length that each level adds to a path: an id in hexadecimal digits, and a slash."""


class Brand(Record):
    """The manufacturer of a product."""

    slug = models.SlugField(max_length=255, unique=True)
    name = models.CharField(max_length=255)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Categories(Records["Category"]):
    def visible(self) -> "Categories":
        """The categories that shoppers see."""
        return self.filter(is_visible=True)


class Category(Record):
    """A node of the tree. `path` holds the ids from the root to itself, so that a subtree is one prefix."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    slug = models.SlugField(max_length=255, unique=True)
    name = models.CharField(max_length=255)
    description_html = models.TextField("description (HTML)", blank=True)
    position = models.PositiveIntegerField(default=0)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    path = models.CharField(max_length=STEP * DEEPEST, editable=False, db_index=True)
    """Each id in 32 hexadecimal digits, followed by a slash."""
    is_active = models.BooleanField("active", default=True)
    is_visible = models.BooleanField("visible", default=True, db_default=True, editable=False)
    """Whether it and all of its ancestors are active. Computed when the tree changes, so that reads need no join."""

    objects = Categories.as_manager()  # type: ignore[assignment, misc]  # in place of the abstract model's

    class Meta:
        verbose_name_plural = "categories"
        ordering = ("position", "name")
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="category_not_its_own_parent"),
            models.CheckConstraint(condition=Q(depth__lt=DEEPEST), name="category_not_too_deep"),
            models.CheckConstraint(
                condition=Q(is_visible=False) | Q(is_active=True), name="category_visible_is_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name
