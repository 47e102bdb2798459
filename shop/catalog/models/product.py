"""Products, their options, and their former slugs."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shop.platform.clock import now
from shop.platform.records import Stateful, StatefulRecords


class Products(StatefulRecords["Product"]):
    def published(self, at: datetime | None = None) -> "Products":
        """The products that shoppers see: active, and published by then."""
        return self.filter(status=Product.Status.ACTIVE, published_at__lte=at or now())


class Product(Stateful):
    """A product. Its prices, stock and taxes are kept by layers above; `tax_code` names the class that they look up."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        ARCHIVED = "archived"

    TRANSITIONS: ClassVar = {
        Status.DRAFT: frozenset({Status.ACTIVE, Status.ARCHIVED}),
        Status.ACTIVE: frozenset({Status.DRAFT, Status.ARCHIVED}),
        Status.ARCHIVED: frozenset({Status.DRAFT}),
    }

    slug = models.SlugField(max_length=255, unique=True)
    import_handle = models.CharField(max_length=255, unique=True, null=True, editable=False)  # noqa: DJ001 null is none
    """Its handle in the files that it is imported from: another handle is another product, even with the same slug."""
    name = models.CharField(max_length=255)
    description_html = models.TextField("description (HTML)", blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Shoppers see the product from then on. Empty: not published."
    )
    brand = models.ForeignKey("catalog.Brand", models.PROTECT, null=True, blank=True, related_name="products")
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, blank=True, related_name="products")
    kind = models.CharField("type", max_length=255, blank=True)
    tags = models.JSONField(default=list, blank=True)
    tax_code = models.CharField("tax class", max_length=32, default="standard")
    main_image = models.ForeignKey(
        "catalog.Image", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    seo_title = models.CharField(max_length=255, blank=True)
    seo_description = models.CharField(max_length=1000, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    option_order = models.JSONField(null=True, editable=False)
    """The option names in their order, which names of variants follow: PostgreSQL does not keep the order of keys."""

    objects = Products.as_manager()  # type: ignore[assignment, misc]  # in place of the abstract model's

    class Meta:
        ordering = ("-published_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "active", "archived"]), name="product_status_known")
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=Q(status="active"), name="product_newest"),
            models.Index(fields=["category", "-published_at", "-id"], name="product_of_category"),
            models.Index(Lower("name"), name="product_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_published(self, at: datetime) -> bool:
        """Return whether shoppers see it then, by the same condition as `published()`."""
        return self.status == self.Status.ACTIVE and self.published_at is not None and self.published_at <= at


def tag_key(tag: str) -> str:
    """Return the form under which a tag is looked up, without regard to case."""
    return tag.casefold()[:255]


class ProductTag(models.Model):
    """One of a product's tags in case-folded form, for lookups; `Product.tags` has them as they are shown."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="tag_rows")
    key = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "product"], name="product_tag_once")]

    def __str__(self) -> str:
        return self.key


class Option(models.Model):
    """An attribute in which a product's variants differ, such as Size."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="options")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["product", "name"], name="option_once_per_product")]

    def __str__(self) -> str:
        return self.name


class OptionValue(models.Model):
    """One of the values of an option, such as Large; `swatch` is a color to show (#rrggbb) or empty."""

    option = models.ForeignKey(Option, models.CASCADE, related_name="values")
    value = models.CharField(max_length=255)
    swatch = models.CharField(max_length=9, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["option", "value"], name="option_value_once_per_option")]

    def __str__(self) -> str:
        return self.value


class SlugHistory(models.Model):
    """A former slug of a product; the API redirects it to the current one (301)."""

    slug = models.SlugField(max_length=255, unique=True)
    product = models.ForeignKey(Product, models.CASCADE, related_name="old_slugs")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "former slug"

    def __str__(self) -> str:
        return self.slug
