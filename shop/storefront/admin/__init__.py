"""Products in the admin, on the floor that knows what they cost and how many there are."""

from shop.storefront.admin.products import ProductAdmin

__all__ = ["ProductAdmin"]
