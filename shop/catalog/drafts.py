"""Products as they shall be: what the operations are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shop.catalog.models import Brand, Category, Product, Variant
from shop.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """One variant as it shall be. `options` is {name: value} in the order of the product's options.

    With an `id` it is that variant of the product, whatever its options and SKU were.
    """

    id: UUID | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    sku: str | None = None
    barcode: str = ""
    weight_grams: int = 0
    requires_shipping: bool = True
    is_taxable: bool = True
    track_inventory: bool = True
    may_backorder: bool = False
    cost: Money | None = None
    image: str = ""
    """The key of one of the product's pictures."""
    is_active: bool = True
    keeps: frozenset[str] = frozenset()
    """The columns that a variant that exists keeps if it has any, whatever is said here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDraft:
    """One picture as it shall be: at an address elsewhere, or a file of ours with its size in pixels."""

    url: str = ""
    file: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None

    @property
    def key(self) -> str:
        """What the picture is known by."""
        return self.url or self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product as it shall be, with all of its variants and pictures.

    `keeps` names what a product that exists keeps if it has any, whatever is said here: columns as `category_id`, and
    `images`. With an `import_handle` a product that has another one is another product, whatever its slug.
    """

    slug: str
    import_handle: str | None = None
    name: str
    description_html: str = ""
    status: str = Product.Status.DRAFT
    published_at: datetime | None = None
    brand: Brand | None = None
    category: Category | None = None
    kind: str = ""
    tags: tuple[str, ...] = ()
    tax_code: str = "standard"
    seo_title: str = ""
    seo_description: str = ""
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    swatches: Mapping[str, str] = field(default_factory=dict)
    """Colours (#rrggbb) by option value; a value that is not named keeps the one that it has."""
    variants: tuple[VariantDraft, ...] = (VariantDraft(),)
    images: tuple[ImageDraft, ...] = ()
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SkuNote:
    """A SKU that could not be kept as it was: left out of the draft's variant at that place, for `other` has it; or
    given up by `other`, which is switched off, for that variant."""

    at: int
    sku: str
    other: str
    was_given_up: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The product and its variants in the draft's order, and whether anything was new or different."""

    product: Product
    variants: tuple[Variant, ...]
    is_new: bool
    changed: bool
    notes: tuple[SkuNote, ...] = ()
