"""The refusals of the catalog."""

from shop.kernel.errors import Conflict, Invalid
from shop.kernel.messages import gettext_noop


class SlugTaken(Conflict):
    """Another product, category or brand has this slug, or had it before."""

    code = "slug_taken"
    message = gettext_noop("This slug is already in use.")


class SkuTaken(Conflict):
    """`variant_sku_unique`: another variant has this SKU."""

    code = "sku_taken"
    message = gettext_noop("Another variant has this SKU.")


class TreeTooDeep(Invalid):
    """The category would exceed the maximum depth of the tree."""

    code = "tree_too_deep"
    message = gettext_noop("Categories can be nested up to 8 levels.")


class CategoryInItself(Invalid):
    """The new parent is the category itself or one of its descendants."""

    code = "category_in_itself"
    message = gettext_noop("A category can't be moved below itself.")


class OptionsDiffer(Invalid):
    """The option values of the variants of a product do not form distinct, complete combinations."""

    code = "options_differ"
    message = gettext_noop(
        "Every variant needs one value for each option of its product, and no two may have the same."
    )


class TextTooLong(Invalid):
    """A text is longer after cleaning than its column allows."""

    code = "text_too_long"
    message = gettext_noop("This text is too long.")


class AnimationNotRedrawn(Invalid):
    """An animated picture that would have to be scaled or turned frame by frame."""

    code = "animation_not_redrawn"
    message = gettext_noop("This animated image is too large or rotated. Upload a smaller, upright one.")


class NotAPicture(Invalid):
    """The bytes can't be decoded as one of the accepted picture formats."""

    code = "not_a_picture"
    message = gettext_noop("Upload a JPEG, PNG, WebP or GIF image.")


class TooManyPixels(NotAPicture):
    """The picture would need too much memory once decoded."""

    message = gettext_noop("This picture has more than 25 megapixels. Upload it smaller.")
