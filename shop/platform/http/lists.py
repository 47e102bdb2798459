"""Lists over HTTP: `limit` and a signed `cursor` in, the page and its neighbours' cursors out."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

from ninja import Query
from pydantic import BaseModel, Field

from shop.kernel.pages import MOST_COUNTED, START, Cursor, Page, seal, unseal
from shop.platform.http.envelope import Answer
from shop.platform.http.fields import Mistake
from shop.platform.keys import key_for
from shop.platform.keyset import PageRequest

LARGEST_PAGE = 100

Row = TypeVar("Row")
Out = TypeVar("Out")


class PageIn(BaseModel):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Page size, 1 to 100.")] = 24
    cursor: Annotated[
        str | None, Field(min_length=1, max_length=2048, description="A cursor from `meta.pagination`.")
    ] = None
    include: Annotated[
        Literal["total"] | None, Field(description="`total`: adds the number of entries on all pages.")
    ] = None

    def request(self, *, binding: str) -> PageRequest:
        """The page for queries. Raises BadCursor for a cursor of another list, filter or person."""
        cursor = unseal(self.cursor, binding=binding, key=key_for("cursor")) if self.cursor else START
        return PageRequest(self.limit, cursor, with_total=self.include == "total")


PageQuery = Annotated[PageIn, Query()]


def sorts_among(allowed: Sequence[str]) -> Callable[[str], str]:
    """A validator of `sort`: some of these names, separated by commas, each column once."""

    def check(sort: str) -> str:
        names = sort.split(",")
        if not set(names) <= set(allowed) or len({each.removeprefix("-") for each in names}) < len(names):
            raise Mistake("invalid_choice", params={"expected": list(allowed)})
        return sort

    return check


def listed(
    page: Page[Row], show: Callable[[Row], Out], *, query: PageIn, binding: str, message: str
) -> Answer[list[Out]]:
    """A page as an answer."""
    pagination: dict[str, Any] = {
        "limit": query.limit,
        "next": _sealed(page.next, binding),
        "previous": _sealed(page.previous, binding),
    }
    if page.total is not None:
        pagination |= {"total": min(page.total, MOST_COUNTED), "total_is_capped": page.total > MOST_COUNTED}
    return Answer(data=[show(row) for row in page.items], message=message, meta={"pagination": pagination})


def all_of(items: list[Out], *, message: str) -> Answer[list[Out]]:
    """A short list, whole, as an answer: one page without neighbours."""
    pagination = {"limit": len(items), "next": None, "previous": None}
    return Answer(data=items, message=message, meta={"pagination": pagination})


def _sealed(cursor: Cursor | None, binding: str) -> str | None:
    return seal(cursor, binding=binding, key=key_for("cursor")) if cursor else None
