"""Pictures of products."""

from django.db import models

from shop.platform.records import Record


class Image(Record):
    """A picture: a stored file, or the URL of one that has not been fetched yet."""

    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="images")
    file = models.FileField(upload_to="products/", blank=True)
    source_url = models.URLField(max_length=1000, blank=True)
    alt = models.CharField(max_length=500, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=~models.Q(file="") | ~models.Q(source_url=""), name="image_is_somewhere")
        ]

    def __str__(self) -> str:
        return self.alt or self.file.name or self.source_url
