"""Schemas of the catalog's requests and responses."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from typing_extensions import TypedDict

from shop.accounts.fields import Country, Locale
from shop.catalog.schemas import ImageOut
from shop.kernel.currencies import EXPONENTS
from shop.kernel.messages import gettext_noop
from shop.platform.http.fields import LARGEST_INTEGER, Mistake
from shop.platform.http.lists import PageIn, sorts_among
from shop.platform.http.schemas import Currency, MoneyOut
from shop.stores.country_names import CODES

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T08:43:19Z"])]
Slug = Annotated[str, Field(min_length=1, max_length=255)]
Several = Annotated[list[Slug], Field(max_length=20)]
ProductId = Annotated[str, Field(pattern="^prd_[0-7][0-9a-hjkmnp-tv-z]{25}$", max_length=30)]
Minor = Annotated[int, Field(ge=0, le=LARGEST_INTEGER, description="Minor units of `currency`.")]
Status = Literal["in_stock", "low_stock", "backorder", "preorder", "out_of_stock"]


SORTS = ("newest", "price", "-price", "name", "-name")


def _known_country(code: str) -> str:
    if code not in CODES:
        raise Mistake("invalid_choice", gettext_noop("Unknown country code (ISO 3166-1 alpha-2)."))
    return code


def _known_currency(code: str) -> str:
    if code not in EXPONENTS:
        raise Mistake("invalid_choice", gettext_noop("Unknown currency code (ISO 4217)."))
    return code


class ContextIn(BaseModel):
    """Whom the prices are for."""

    country: Annotated[
        Annotated[Country, AfterValidator(_known_country)] | None,
        Field(
            description="ISO 3166-1 alpha-2; selects the market. A country without a market gets the default market. "
            "Default: the `default_country` of the default market."
        ),
    ] = None
    currency: Annotated[
        Annotated[Currency, AfterValidator(_known_currency)] | None,
        Field(description="ISO 4217; must be the currency of the market."),
    ] = None
    locale: Annotated[
        Locale | None, Field(description="BCP 47. A language that the store does not have falls back to the market's.")
    ] = None


class ProductsIn(PageIn, ContextIn):
    """Filters and sort. A parameter given several times matches any of its values."""

    category: Annotated[Several, Field(description="Slugs of categories; subcategories are included.")] = []
    brand: Annotated[Several, Field(description="Slugs of brands.")] = []
    tag: Annotated[Several, Field(description="Tags.")] = []
    ids: Annotated[list[ProductId], Field(max_length=20, description="Ids of products.")] = []
    price_min: Annotated[Minor | None, Field(description="In minor units of the context's currency.")] = None
    price_max: Annotated[Minor | None, Field(description="In minor units of the context's currency.")] = None
    in_stock: Annotated[
        bool | None,
        Field(
            description="`true`: only products with a variant in stock now, backorders excluded; "
            "`false`: only the others."
        ),
    ] = None
    on_sale: Annotated[
        bool | None, Field(description="`true`: only reduced products; `false`: only products that are not.")
    ] = None
    sort: Annotated[
        str,
        AfterValidator(sorts_among(SORTS)),
        Field(
            max_length=40,
            description="Up to three of `newest`, `price`, `-price`, `name` and `-name`, separated by commas; `-` "
            "sorts descending.",
            examples=["-price,name"],
            json_schema_extra={"pattern": "^(newest|-?price|-?name)(,(newest|-?price|-?name)){0,2}$"},
        ),
    ] = "newest"


class CategoriesIn(BaseModel):
    parent: Annotated[Slug | None, Field(description="The slug of the category to start below.")] = None
    depth: Annotated[int, Field(ge=1, le=3, description="How many levels.")] = 3


class AvailabilityOut(TypedDict):
    status: Status
    available: Annotated[int | None, Field(description="The number that is left, when it is low.")]
    max_quantity: Annotated[int, Field(description="The maximum quantity of an order.")]
    backorder_until: Time | None


class ChangesOut(TypedDict):
    """When it was created, and how often it was changed."""

    version: int
    created_at: Time
    updated_at: Time


class CategoryRefOut(TypedDict):
    id: str
    slug: str
    name: str


class PriceRangeOut(TypedDict):
    min: MoneyOut
    max: MoneyOut


class RatingOut(TypedDict):
    average: str | None
    count: int


class ProductCardOut(TypedDict):
    id: str
    slug: str
    name: str
    brand: str | None
    category: CategoryRefOut | None
    image: ImageOut | None
    price: PriceRangeOut
    compare_at: Annotated[MoneyOut | None, Field(description="The former price of the cheapest variant.")]
    on_sale: bool
    availability: AvailabilityOut
    rating: RatingOut


class SwatchOut(TypedDict):
    value: str
    swatch: str | None


class OptionOut(TypedDict):
    name: str
    values: list[SwatchOut]


class AttributeOut(TypedDict):
    code: str
    name: str
    value: str
    unit: str | None


class UnitPriceOut(TypedDict):
    amount: MoneyOut
    per: str


class VariantOut(TypedDict):
    id: str
    sku: str | None
    barcode: str | None
    name: str | None
    options: dict[str, str]
    price: MoneyOut
    compare_at: MoneyOut | None
    prior_price: MoneyOut | None
    unit_price: UnitPriceOut | None
    availability: AvailabilityOut
    weight_grams: int
    image_id: str | None


class SeoOut(TypedDict):
    title: str
    description: str | None


class ProductOut(ProductCardOut, ChangesOut):
    description_html: str
    tags: list[str]
    options: list[OptionOut]
    attributes: list[AttributeOut]
    images: list[ImageOut]
    variants: list[VariantOut]
    category_path: list[CategoryRefOut]
    seo: SeoOut
    metadata: dict[str, str]


class CategoryOut(ChangesOut):
    id: str
    parent_id: str | None
    slug: str
    name: str
    description_html: str
    depth: int


class BrandOut(ChangesOut):
    id: str
    slug: str
    name: str
