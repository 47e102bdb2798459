"""What Django's autodiscovery looks for: the pages that stand above the apps of their models."""

from shop.backoffice.orders.order import OrderAdmin
from shop.backoffice.products.product import ProductAdmin
from shop.backoffice.products.variants import VariantAdmin

__all__ = ["OrderAdmin", "ProductAdmin", "VariantAdmin"]
