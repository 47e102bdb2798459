"""Products and variants in the admin, in the layer that knows what they cost and how many there are."""

from shop.storefront.admin.products import ProductAdmin
from shop.storefront.admin.variants import VariantAdmin

__all__ = ["ProductAdmin", "VariantAdmin"]
