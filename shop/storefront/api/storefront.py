"""The public catalog: anonymous and cacheable. No response contains draft or archived products."""

from typing import Annotated, Any
from urllib.parse import urlencode

from ninja import Path, Query

from shop.accounts import queries as accounts
from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix, private
from shop.kernel.messages import gettext_noop
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.fields import FIELD_SENTENCES
from shop.platform.http.lists import PageQuery, all_of, listed
from shop.platform.http.moved import Moved
from shop.platform.http.refusals import InvalidQuery
from shop.platform.http.router import Router
from shop.storefront import queries
from shop.storefront.api import presenters
from shop.storefront.api.schemas import (
    BrandOut,
    CategoriesIn,
    CategoryOut,
    ContextIn,
    ProductCardOut,
    ProductOut,
    ProductsIn,
)
from shop.storefront.context import Context, ContextUnknown, context
from shop.storefront.types import Filters

router = Router(tag="Catalog", public=True)

ContextQuery = Annotated[ContextIn, Query()]
ProductsQuery = Annotated[ProductsIn, Query()]
CategoriesQuery = Annotated[CategoriesIn, Query()]
SLUG = "^[A-Za-z0-9_-]+$"
EXAMPLE_PRODUCT = "mug"
ProductName = Annotated[
    str, Path(description="A slug, or an id.", example=EXAMPLE_PRODUCT, min_length=1, max_length=255, pattern=SLUG)
]
Slug = Annotated[str, Path(description="Its slug.", example="kitchen", min_length=1, max_length=255, pattern=SLUG)]


@router.get("/products", id="listProducts", refusals=(ContextUnknown,), priced=True)
def list_products(request: Request, query: ProductsQuery) -> Answer[list[ProductCardOut]]:
    """List products.

    The products on sale, a page at a time, with filters and a sort. Prices are for the country and currency in
    `meta.context`; a customer who is logged in sees the prices of their customer group.
    """
    here = _context(request, query)
    binding = (
        f"products:{here.market.pk}:{here.group_id}:{query.model_dump_json(exclude={'limit', 'cursor', 'include'})}"
    )
    page = queries.cards(
        context=here,
        filters=_filters(query),
        sort=query.sort.split(","),
        page=query.request(binding=binding),
    )
    return _priced(
        listed(
            page,
            lambda card: presenters.card(card, currency=here.currency),
            query=query,
            binding=binding,
            message=gettext_noop("Products retrieved."),
        ),
        here,
    )


@router.get("/products/{product}", id="getProduct", moves=True, refusals=(ContextUnknown,), priced=True)
def get_product(request: Request, product: ProductName, query: ContextQuery) -> Answer[ProductOut]:
    """Retrieve a product.

    A product with its variants, options and images, by slug or id. Send a variant's `id` as `variant_id` of a cart
    line. A former slug answers 301 with the current URL.
    """
    here = _context(request, query)
    try:
        details = queries.product(product, context=here)
    except queries.MovedProduct as moved:
        wishes = urlencode(query.model_dump(exclude_none=True))
        raise Moved(f"/api/v1/products/{moved.slug}{wishes and f'?{wishes}'}") from None
    if not details.card.offers:
        raise NotFound()
    return _priced(
        Answer(data=presenters.product(details, currency=here.currency), message=gettext_noop("Product retrieved.")),
        here,
    )


@router.get("/products/{product}/related", id="listRelatedProducts", refusals=(ContextUnknown,), priced=True)
def list_related_products(request: Request, product: ProductName, query: ContextQuery) -> Answer[list[ProductCardOut]]:
    """List related products.

    A few products like this one, for the product's page.
    """
    here = _context(request, query)
    cards = queries.related(product, context=here)
    data = [presenters.card(each, currency=here.currency) for each in cards]
    return _priced(all_of(data, message=gettext_noop("Related products retrieved.")), here)


@router.get("/categories", id="listCategories")
def list_categories(request: Request, query: CategoriesQuery) -> Answer[list[CategoryOut]]:
    """List categories.

    The tree of categories as a flat list, parents before their children. `parent` and `depth` return one branch.
    """
    try:
        categories = queries.categories(parent=query.parent, depth=query.depth)
    except NotFound:
        raise InvalidQuery(
            field="parent", params={"reason": "invalid_choice"}, message=FIELD_SENTENCES["invalid_choice"]
        ) from None
    return all_of([presenters.category(each) for each in categories], message=gettext_noop("Categories retrieved."))


@router.get("/categories/{slug}", id="getCategory")
def get_category(request: Request, slug: Slug) -> Answer[CategoryOut]:
    """Retrieve a category.

    A category by its slug, with its description and its parent.
    """
    return Answer(data=presenters.category(queries.category(slug)), message=gettext_noop("Category retrieved."))


@router.get("/brands", id="listBrands")
def list_brands(request: Request, page: PageQuery) -> Answer[list[BrandOut]]:
    """List brands.

    The brands that have at least one product on sale, by name, a page at a time.
    """
    brands = queries.brands(page=page.request(binding="brands"))
    return listed(brands, presenters.brand, query=page, binding="brands", message=gettext_noop("Brands retrieved."))


def _context(request: Request, query: ContextIn) -> Context:
    """Return the context of the request; signed-in customers get the prices of their group, as in the cart."""
    user_id = request.context.actor.user_id
    group_id = accounts.group_of(user_id) if user_id else None
    return context(country=query.country, currency=query.currency, locale=query.locale, group_id=group_id)


def _filters(query: ProductsIn) -> Filters:
    return Filters(
        categories=tuple(query.category),
        brands=tuple(query.brand),
        tags=tuple(query.tag),
        ids=tuple(private(Prefix.PRODUCT, each) for each in query.ids),
        price_min=query.price_min,
        price_max=query.price_max,
        in_stock=query.in_stock,
        on_sale=query.on_sale,
    )


def _priced(answer: Answer[Any], here: Context) -> Answer[Any]:
    """Add the context of the prices to the answer."""
    context_out = {
        "market": here.market.code,
        "country": here.country,
        "currency": here.currency,
        "locale": here.locale,
        "prices_include_tax": here.market.prices_include_tax,
    }
    return Answer(
        data=answer.data, message=answer.message, headers=answer.headers, meta={"context": context_out, **answer.meta}
    )
