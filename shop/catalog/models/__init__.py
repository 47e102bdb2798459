from shop.catalog.models.category import Brand, Category
from shop.catalog.models.image import Image
from shop.catalog.models.product import Option, OptionValue, Product, ProductTag, SlugHistory, tag_key
from shop.catalog.models.variant import Variant, in_order, options_key

__all__ = [
    "Brand",
    "Category",
    "Image",
    "Option",
    "OptionValue",
    "Product",
    "ProductTag",
    "SlugHistory",
    "Variant",
    "in_order",
    "options_key",
    "tag_key",
]
