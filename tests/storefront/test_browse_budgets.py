"""The number of statements of browsing, which does not depend on the number of products, variants and images."""

import pytest

from shop.catalog.drafts import VariantDraft
from shop.catalog.models import Brand, Product
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import ImageDraft, rename
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.storefront_client import counted, statements
from tests.storefront.window import draft, get, next_of, put_all

VARIANTS = 30
SIZES = [str(n) for n in range(VARIANTS)]


def cost(path: str, visitor: Visitor | None = None) -> tuple[int, Seen]:
    """Return the number of statements, and the response."""
    with counted() as queries:
        seen = (visitor or Visitor()).get(path)
    return statements(queries), seen


def fill(count: int) -> None:
    """Create products in one category, each with a brand and an image."""
    kitchen = plant("Kitchen")
    brands = Brand.objects.bulk_create([Brand(slug=f"brand-{n}", name=f"Brand {n}") for n in range(count)])
    put_all(
        *(
            draft(
                f"mug-{n}",
                category=kitchen,
                brand=brands[n],
                tags=("tea",),
                images=(ImageDraft(url=f"https://pictures.example/{n}.jpg"),),
            )
            for n in range(count)
        )
    )


@pytest.mark.parametrize("count", [2, 40])
def test_lists(market: Market, count: int) -> None:
    fill(count)

    spent = {
        path: (statements, len(seen.data))
        for path in (
            "/products?limit=100",
            "/products?limit=100&sort=price&tag=tea&in_stock=true&on_sale=false&price_min=1&country=DE",
            "/products?limit=100&category=kitchen",
            "/products/mug-0/related",
            "/categories",
            "/categories?parent=kitchen",
            "/products?limit=100&sort=-price,name&include=total",
            "/brands?limit=100",
            "/brands?limit=100&include=total",
        )
        for statements, seen in [cost(path)]
    }

    assert spent == {
        "/products?limit=100": (3, count),
        "/products?limit=100&sort=price&tag=tea&in_stock=true&on_sale=false&price_min=1&country=DE": (3, count),
        "/products?limit=100&category=kitchen": (3, count),
        "/products/mug-0/related": (4, min(count - 1, 8)),
        "/categories": (1, 1),
        "/categories?parent=kitchen": (2, 0),
        "/products?limit=100&sort=-price,name&include=total": (4, count),
        "/brands?limit=100": (1, count),
        "/brands?limit=100&include=total": (2, count),
    }


def test_a_later_page_costs_what_the_first_one_does(market: Market) -> None:
    fill(5)
    first = get("/products?limit=2&sort=price")

    spent, seen = cost(f"/products?limit=2&sort=price&{next_of(first)}")

    assert (spent, len(seen.data)) == (3, 2)


@pytest.mark.parametrize("count", [1, VARIANTS])
def test_a_product(market: Market, count: int) -> None:
    urls = [f"https://pictures.example/{n}.jpg" for n in range(count)]
    put_all(
        draft(
            "mug",
            brand=brand_named("Acme"),
            category=plant("Cups", parent=plant("Kitchen")),
            tags=tuple(SIZES[:count]),
            options={"Size": SIZES[:count]},
            variants=tuple(VariantDraft(options={"Size": SIZES[n]}, image=urls[n]) for n in range(count)),
            images=tuple(ImageDraft(url=url) for url in urls),
        ),
        prices=(1999,) * count,
        stocks=(10,) * count,
    )

    spent, seen = cost("/products/mug")

    assert spent == 6
    assert (len(seen.data["variants"]), len(seen.data["images"]), len(seen.data["category_path"])) == (count, count, 2)
    assert len(seen.data["options"][0]["values"]) == count


def test_what_is_not_there_and_what_has_moved(market: Market) -> None:
    fill(1)
    rename(Product.objects.get(), "cup")

    assert [
        (spent, seen.status) for spent, seen in map(cost, ["/products/nobody", "/products/mug-0", "/brands?x=1"])
    ] == [
        (3, 404),
        (3, 301),
        (0, 400),
    ]


def test_whoever_is_signed_in_costs_two_more(market: Market) -> None:
    fill(2)
    account()
    ada = login(Visitor())

    assert [cost(path, ada)[0] for path in ("/products", "/products/mug-0")] == [5, 8]
