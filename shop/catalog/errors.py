"""What the catalogue refuses."""

from shop.kernel.errors import Conflict, Invalid


class SlugTaken(Conflict):
    """This slug is already in use."""

    code = "slug_taken"


class SkuTaken(Conflict):
    """Another variant has this SKU."""

    code = "sku_taken"


class TreeTooDeep(Invalid):
    """The tree of categories has at most 8 levels."""

    code = "tree_too_deep"


class CategoryInItself(Invalid):
    """A category can't be moved below itself."""

    code = "category_in_itself"


class OptionsDiffer(Invalid):
    """Every variant needs one value for each option of its product, and no two may have the same."""

    code = "options_differ"


class TextTooLong(Invalid):
    """This text is too long."""

    code = "text_too_long"


class AnimationNotRedrawn(Invalid):
    """This animated picture is too large or lies on its side. Upload it smaller and upright."""

    code = "animation_not_redrawn"


class NotAPicture(Invalid):
    """This is not a picture in JPEG, PNG, WebP or GIF that can be shown."""

    code = "not_a_picture"


class TooManyPixels(NotAPicture):
    """This picture has more than 25 megapixels. Upload it smaller."""
