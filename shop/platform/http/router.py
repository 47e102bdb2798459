"""Routers: routes that read, fetch, call and show; everything else about them is said in their declaration.

    router = Router(tag="Account")

    @router.post("/auth/login", id="logIn", idempotency="none", refusals=(InvalidCredentials,), limits=(AUTH,))
    def log_in(request: Request, body: LoginIn) -> Answer[TokensOut]: ...

A declaration becomes the precheck that runs before the body is read (limits, credentials, permission, parameters), the
OpenAPI operation, and the wrapper that turns what comes back into an envelope.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial, wraps
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from django.db import IntegrityError
from ninja import Router as NinjaRouter
from ninja.params.models import Header as InHeader
from pydantic import BaseModel

from shop.kernel.errors import Refusal
from shop.platform.guards import refusal_of
from shop.platform.http import conditions, replay
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer, Enveloped, answered
from shop.platform.http.fields import In
from shop.platform.http.ninja_internals import operation_of
from shop.platform.http.operation import described
from shop.platform.http.precheck import Precheck
from shop.platform.http.refusals import FieldsWrong
from shop.platform.http.slow_reads import slow_reads
from shop.platform.http.spec import Around, Idempotency, Needs, Rebuild, Spec
from shop.platform.idempotency import MissingIdempotencyKey
from shop.platform.limits import Policy

Route = TypeVar("Route", bound=Callable[..., Answer[Any]])


class Router:
    """The routes of one app for one kind of visitor."""

    def __init__(self, *, tag: str, **defaults: Any) -> None:
        """`defaults` are said for every route that does not say otherwise: needs, limits, idempotency."""
        self.ninja = NinjaRouter(tags=[tag])
        self.specs: list[Spec] = []
        self.defaults = defaults

    def route(
        self,
        method: str,
        path: str,
        *,
        id: str,
        status: int = 200,
        needs: Needs = "anyone",
        permission: str | None = None,
        refusals: tuple[type[Refusal], ...] = (),
        limits: tuple[Policy, ...] = (),
        idempotency: Idempotency | None = None,
        manages_transactions: bool = False,
        rebuild: Rebuild | None = None,
        around: Around | None = None,
        conditional: bool = False,
        public: bool = False,
        priced: bool = False,
        moves: bool = False,
        also: Mapping[int, Any] | None = None,
        example: dict[str, Any] | None = None,
    ) -> Callable[[Route], Route]:
        """Open a route: `id` is its operationId, `needs` who may enter, `refusals` what it can say no with.

        `conditional` routes read If-Match. POST routes honor an Idempotency-Key unless `idempotency` says otherwise;
        one that commits several times `manages_transactions`, and one whose answer may be large says how to `rebuild`
        it. `around` is given what the route is given, and gives a context for it to run in: what that counts stays
        although the route refuses and all else is rolled back. What is `public` has an ETag and may be kept by caches.
        `also` are the schemas of other successes, by status; what is `priced` says in `meta.context` for whom, and what
        `moves` answers 301 at its old addresses.
        """

        def declare(route: Route) -> Route:
            hints = get_type_hints(route, include_extras=True)
            body = hints.get("body")
            spec = Spec(
                id=id,
                method=method,
                path=path,
                status=status,
                needs=needs,
                permission=permission,
                refusals=refusals,
                limits=limits,
                idempotency=idempotency or ("optional" if method == "POST" else "none"),
                manages_transactions=manages_transactions,
                rebuild=rebuild,
                around=around,
                conditional=conditional,
                public=public,
                out=get_args(hints["return"])[0],
                also=also or {},
                priced=priced,
                moves=moves,
                body=body if isinstance(body, type) and issubclass(body, In) else None,
                query=_query(hints, path),
                credentials=tuple(sorted(name for name, hint in hints.items() if _in_header(hint))),
                example=example,
            )
            precheck = Precheck(spec)
            view = _view(spec, route)
            self.ninja.add_api_operation(path, [method], view, auth=precheck, operation_id=id, **described(spec, route))
            precheck.knows(operation_of(view))
            self.specs.append(spec)
            return route

        return declare

    def get(self, path: str, **declared: Any) -> Callable[[Route], Route]:
        return self.route("GET", path, **self.defaults | declared)

    def post(self, path: str, **declared: Any) -> Callable[[Route], Route]:
        return self.route("POST", path, **self.defaults | declared)

    def put(self, path: str, **declared: Any) -> Callable[[Route], Route]:
        return self.route("PUT", path, **self.defaults | declared)

    def patch(self, path: str, **declared: Any) -> Callable[[Route], Route]:
        return self.route("PATCH", path, **self.defaults | declared)

    def delete(self, path: str, **declared: Any) -> Callable[[Route], Route]:
        return self.route("DELETE", path, **self.defaults | declared)


def _query(hints: dict[str, Any], path: str) -> frozenset[str]:
    """The names of the query parameters: what a route takes besides its body, its path and its headers."""
    found: set[str] = set()
    for name, hint in hints.items():
        kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        if name in ("request", "body", "return") or f"{{{name}}}" in path or _in_header(hint):
            continue
        found |= set(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else {name}
    return frozenset(found)


def _in_header(hint: Any) -> bool:
    return get_origin(hint) is Annotated and any(isinstance(each, InHeader) for each in get_args(hint)[1:])


def _view(spec: Spec, route: Callable[..., Answer[Any]]) -> Callable[..., Enveloped]:
    @wraps(route)
    def view(request: Request, **values: Any) -> Enveloped:
        context = request.context
        if context.text_problems:
            raise FieldsWrong(context.text_problems)

        def run() -> Enveloped:
            try:
                found = route(request, **values)
            except IntegrityError as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
                raise refusal from error
            response = answered(found, status=spec.status, context=context)
            return conditions.kept(request, response) if spec.public else response

        def around() -> AbstractContextManager[None]:
            return spec.around(request, **values) if spec.around else nullcontext()

        if spec.method == "GET" and context.actor.is_anonymous:
            ticket = slow_reads.enter((spec.id, *sorted(request.GET)))
            try:
                with around():
                    return conditions.fresh(request, run())
            finally:
                slow_reads.leave(ticket)
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if spec.idempotency == "none" or (spec.idempotency == "optional" and key is None):
            with around():
                return conditions.fresh(request, run())
        if key is None:
            raise MissingIdempotencyKey()
        return replay.once(
            request,
            operation=spec.id,
            key=key,
            is_shared=spec.is_shared_by_guests,
            credentials={name: values.get(name) for name in spec.credentials},
            manages_transactions=spec.manages_transactions,
            around=around,
            run=run,
            rebuild=partial(spec.rebuild, request) if spec.rebuild else None,
        )

    return view
