"""Drafts: the state that a write gives to products, variants and images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shop.catalog.models import Brand, Category, Product, Variant
from shop.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """The state of one variant. `options` is {name: value} in the order of the product's options.

    With an `id` it updates that variant of the product, whatever its options and SKU were.
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
    """The key of one of the product's images."""
    is_active: bool = True
    keeps: frozenset[str] = frozenset()
    """The columns of an existing variant that are not overwritten unless they are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDraft:
    """The state of one image: a URL to fetch it from, or a stored file with its size in pixels."""

    url: str = ""
    file: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None

    @property
    def key(self) -> str:
        """The URL or the file name, which identifies the image within its product."""
        return self.url or self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """The state of a product, with all of its variants and images.

    `keeps` names what is not overwritten in an existing product unless it is empty: columns such as `category_id`, and
    `images`. A product with a different `import_handle` is a different product, even if it has the same slug.
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
    """Colors (#rrggbb) by option value; a value that is not listed keeps its color."""
    variants: tuple[VariantDraft, ...] = (VariantDraft(),)
    images: tuple[ImageDraft, ...] = ()
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SkuNote:
    """A SKU conflict: the draft's variant at that place was saved without the SKU because `other` has it, or the
    inactive variant `other` lost the SKU to it."""

    at: int
    sku: str
    other: str
    was_given_up: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The product and its variants in the draft's order; `changed` is true if anything was new or different."""

    product: Product
    variants: tuple[Variant, ...]
    is_new: bool
    changed: bool
    notes: tuple[SkuNote, ...] = ()
