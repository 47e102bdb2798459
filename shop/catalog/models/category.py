"""Where products stand: the tree of categories, and brands."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left, StrIndex

from shop.platform.records import Record

DEEPEST = 8
STEP = 33
"""How long a path is for each level: an id in hexadecimal digits, and a slash."""


class Brand(Record):
    """Who makes it."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Categories(models.QuerySet["Category"]):
    def visible(self) -> "Categories":
        """What a shopper may see: neither the category is hidden nor one that it stands below."""
        its, top = OuterRef("path"), Left(OuterRef("path"), STEP)
        near = Category.objects.filter(is_active=False, path__range=(top, its))  # the index finds them
        hidden = near.annotate(found_at=StrIndex(its, F("path"))).filter(found_at=1)
        return self.filter(~Exists(hidden.order_by()))


class Category(Record):
    """A node of the tree. `path` holds the ids from the root to itself, so that a subtree is one prefix."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    description_html = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    path = models.CharField(max_length=STEP * DEEPEST, editable=False, db_index=True)
    """Each id in 32 hexadecimal digits, followed by a slash."""
    is_active = models.BooleanField(default=True)

    objects = Categories.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        ordering = ("position", "name")
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="category_not_its_own_parent"),
            models.CheckConstraint(condition=Q(depth__lt=DEEPEST), name="category_not_too_deep"),
        ]

    def __str__(self) -> str:
        return self.name
