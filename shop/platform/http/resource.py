"""One description of a resource of the admin API, from which its list and its read are made:

    CUSTOMERS = Resource(
        name="customer", plural="customers", prefix=Prefix.USER, permission="customers:read",
        rows=queries.customers, shown=Representation(CustomerOut, presenters.customer),
        filters=(boolean("is_active", "…"), …), sorts={"created_at": "created_at"}, …)

    expose(CUSTOMERS, router)

That gives `GET /admin/customers` and `GET /admin/customers/{customer_id}` with their filters, sort, cursor, ETag,
permission and place in the OpenAPI document.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query
from pydantic import AfterValidator, Field, create_model

from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix, private
from shop.kernel.pages import Page
from shop.platform.http.conditions import etag
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer, ContextOut
from shop.platform.http.filters import MOST_VALUES, Filter
from shop.platform.http.lists import PageIn, listed, sorts_among
from shop.platform.http.router import Router
from shop.platform.keyset import Sort, keyset

AnyModel = TypeVar("AnyModel", bound=Model)
Details = TypeVar("Details")


@dataclass(frozen=True, slots=True)
class Representation(Generic[Details]):
    """How a row is shown: its schema, what fills it, and how rows are completed with all that it shows."""

    schema: Any
    present: Callable[[Details], Any]
    details: Callable[[Sequence[Any]], Sequence[Details]] = list
    """Takes the rows of a page; a fixed number of statements, however many they are."""


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[AnyModel, Details]):
    """What staff is shown of one kind of row."""

    name: str
    """One of them, in snake_case; with `_id` it is the parameter of the path."""
    plural: str
    prefix: Prefix
    permission: str
    """The permission key for reading."""
    about: str
    """What it is and what personal data it shows, in sentences for the document."""
    rows: Callable[[], QuerySet[AnyModel]]
    """Every row that there is for staff, with what is read by a join."""
    shown: Representation[Details]
    filters: tuple[Filter, ...]
    sorts: Mapping[str, str]
    """The columns that a list may be sorted by, under the names that clients use: without nulls, each with an index."""
    default_sort: str
    listed_message: str
    retrieved_message: str
    shown_in_list: Representation[Details] | None = None
    """How it is shown in the list, where that is less."""
    context: Callable[[Details], ContextOut] | None = None
    """For whom the prices are, where there are any: `meta.context` of the read."""

    @property
    def entry(self) -> Representation[Details]:
        """How it is shown in the list."""
        return self.shown_in_list or self.shown

    @cached_property
    def query(self) -> type[PageIn]:
        """The query parameters of the list."""
        filters: dict[str, Any] = {each.name: _parameter(each) for each in self.filters}
        names = [name for key in self.sorts for name in (key, f"-{key}")]
        choices = "|".join(f"-?{key}" for key in self.sorts)
        most = len(self.sorts)
        sort = Annotated[
            str,
            AfterValidator(sorts_among(names)),
            Field(
                max_length=sum(len(key) + 2 for key in self.sorts),
                description=f"Any of {', '.join(f'`{name}`' for name in names)}, separated by commas; `-` sorts "
                "descending.",
                json_schema_extra={"pattern": f"^({choices})(,({choices})){{0,{most - 1}}}$"},
            ),
        ]
        model: type[PageIn] = create_model(
            f"{self.plural.title()}Query", __base__=PageIn, **filters, sort=(sort, self.default_sort)
        )
        return model

    def page(self, query: PageIn) -> Answer[list[Any]]:
        """The list that was asked for, as an answer."""
        values = query.model_dump()
        rows = self.rows()
        for each in self.filters:
            if values[each.name] not in (None, []):
                rows = each.narrow(rows, values[each.name])
        binding = f"admin:{self.plural}:{query.model_dump_json(exclude={'limit', 'cursor', 'include'})}"
        found = keyset(rows, self._columns(values["sort"]), query.request(binding=binding))
        return listed(
            Page(tuple(self.entry.details(found.items)), found.next, found.previous, found.total),
            self.entry.present,
            query=query,
            binding=binding,
            message=self.listed_message,
        )

    def read(self, public_id: str) -> Answer[Any]:
        """One of them, as an answer. Raises NotFound."""
        row = self.rows().filter(pk=private(self.prefix, public_id)).first()
        if row is None:
            raise NotFound()
        (details,) = self.shown.details([row])
        data = self.shown.present(details)
        meta = {"context": self.context(details)} if self.context else {}
        tag = etag(data["id"], data["version"])
        return Answer(data=data, message=self.retrieved_message, etag=tag, meta=meta)

    def _columns(self, sort: str) -> list[Sort]:
        return [(self.sorts[name.removeprefix("-")], name.startswith("-")) for name in sort.split(",")]


def _parameter(each: Filter) -> tuple[Any, Any]:
    if each.is_repeated:
        return Annotated[each.type, Field(max_length=MOST_VALUES, description=each.description)], []
    return Annotated[each.type | None, Field(description=each.description)], None


def expose(resource: Resource[Any, Any], router: Router) -> None:
    """Add the resource's list and its read to the router."""
    path = f"/admin/{resource.plural.replace('_', '-')}"
    parameter = f"{resource.name}_id"
    singular, plural = resource.name.replace("_", " "), resource.plural.replace("_", " ")

    def list_rows(request: Request, query: PageIn) -> Answer[list[Any]]:
        return resource.page(query)

    def read_row(request: Request, **path: str) -> Answer[Any]:
        return resource.read(path[parameter])

    schema = resource.entry.schema
    _declare(
        list_rows,
        f"List all {plural}.\n\n{resource.about}\n\nA page at a time, sorted by `{resource.default_sort}` unless "
        "`sort` says otherwise. A filter that is given several times matches any of its values.",
        returns=_answer(list[schema]),  # type: ignore[valid-type]
        query=Annotated[resource.query, Query()],  # type: ignore[type-arg]
    )
    _declare(
        read_row,
        f"Retrieve any {singular}.\n\n{resource.about}",
        returns=_answer(resource.shown.schema),
        **{parameter: str},
    )
    needs: dict[str, Any] = {"needs": "staff", "permission": resource.permission}
    router.get(path, id=f"listAdmin{_camel(plural)}", **needs)(list_rows)
    router.get(
        f"{path}/{{{parameter}}}", id=f"getAdmin{_camel(singular)}", priced=resource.context is not None, **needs
    )(read_row)


def _answer(schema: Any) -> Any:
    return Answer[schema]


def _declare(route: Any, docstring: str, *, returns: Any, **parameters: Any) -> None:
    """Give a route the docstring, parameters and answer that one written by hand would have."""
    hints = {"request": Request, **parameters}
    route.__doc__ = docstring
    route.__annotations__ = {**hints, "return": returns}
    route.__signature__ = Signature(
        [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=hint) for name, hint in hints.items()],
        return_annotation=returns,
    )


def _camel(words: str) -> str:
    return "".join(word.capitalize() for word in words.split())
