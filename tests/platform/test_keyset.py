"""One page of a sorted list: every row once, whichever way it is read, and counted only when that is asked."""

import pytest

from shop.catalog.models import Brand
from shop.kernel.pages import Page
from shop.platform.keyset import NEWEST_FIRST, PageRequest, Sort, keyset

pytestmark = pytest.mark.django_db

BY_NAME: tuple[Sort, ...] = (("name", False),)
BY_SLUG: tuple[Sort, ...] = (("slug", True),)


@pytest.fixture(autouse=True)
def brands(db: None) -> list[Brand]:
    """Four brands, of which two are alike by name."""
    named = [("a", "Acme"), ("b", "Kiln"), ("c", "Acme"), ("d", "Loom")]
    return [Brand.objects.create(slug=slug, name=name) for slug, name in named]


def forward(by: tuple[Sort, ...], limit: int) -> list[Page[Brand]]:
    """All pages of the list."""
    pages = [keyset(Brand.objects.all(), by, PageRequest(limit))]
    while (following := pages[-1].next) is not None:
        pages.append(keyset(Brand.objects.all(), by, PageRequest(limit, following)))
    return pages


def backward(by: tuple[Sort, ...], last: Page[Brand], limit: int) -> list[Page[Brand]]:
    """All pages before this one, the nearest first."""
    pages = [last]
    while (before := pages[-1].previous) is not None:
        pages.append(keyset(Brand.objects.all(), by, PageRequest(limit, before)))
    return pages[1:]


def slugs(pages: list[Page[Brand]]) -> list[str]:
    return ["".join(brand.slug for brand in each.items) for each in pages]


@pytest.mark.parametrize(
    ("by", "limit", "expected"),
    [
        (NEWEST_FIRST, 4, ["dcba"]),
        (NEWEST_FIRST, 3, ["dcb", "a"]),
        (BY_NAME, 1, ["a", "c", "b", "d"]),
        (BY_NAME, 2, ["ac", "bd"]),
        (BY_SLUG, 3, ["dcb", "a"]),
    ],
)
def test_every_row_is_on_one_page(by: tuple[Sort, ...], limit: int, expected: list[str]) -> None:
    pages = forward(by, limit)

    assert slugs(pages) == expected


@pytest.mark.parametrize(
    ("by", "limit", "expected"),
    [(NEWEST_FIRST, 1, ["b", "c", "d"]), (BY_NAME, 1, ["b", "c", "a"]), (BY_SLUG, 2, ["dc"])],
)
def test_the_same_rows_lead_back(by: tuple[Sort, ...], limit: int, expected: list[str]) -> None:
    last = forward(by, limit)[-1]

    pages = backward(by, last, limit)

    assert slugs(pages) == expected


def test_rows_may_be_dicts() -> None:
    rows = Brand.objects.values("id", "slug", "name")
    first = keyset(rows, BY_NAME, PageRequest(2))
    assert first.next is not None

    second = keyset(rows, BY_NAME, PageRequest(2, first.next))

    assert [each["slug"] for each in (*first.items, *second.items)] == ["a", "c", "b", "d"]


@pytest.mark.parametrize(("with_total", "statements", "total"), [(False, 1, None), (True, 2, 4)])
def test_a_list_is_counted_only_when_that_is_asked(
    with_total: bool, statements: int, total: int | None, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(statements):  # type: ignore[operator]
        first = keyset(Brand.objects.all(), BY_NAME, PageRequest(2, with_total=with_total))

    assert (len(first.items), first.total) == (2, total)


def test_a_list_is_counted_no_further_than_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.platform.keyset.MOST_COUNTED", 2)

    first = keyset(Brand.objects.all(), BY_NAME, PageRequest(1, with_total=True))

    assert first.total == 3
