"""What is checked before a route reads its body: limits, credentials, permission, parameters."""

from django.http import HttpRequest
from ninja.operation import Operation

from shop.platform import limits
from shop.platform.actors import ANONYMOUS, Actor, authenticator
from shop.platform.http.context import Request
from shop.platform.http.ninja_internals import query_parameters
from shop.platform.http.refusals import (
    DuplicateParameter,
    InvalidToken,
    NotAllowed,
    NotAuthenticated,
    UnknownParameter,
)
from shop.platform.http.spec import Spec
from shop.platform.permissions import is_granted

LONGEST_TOKEN = 200


class Precheck:
    """Lets a request through to its route, or raises a refusal."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.single: frozenset[str] = frozenset()
        self.repeated: frozenset[str] = frozenset()

    def knows(self, operation: Operation) -> None:
        """From here on the precheck knows the query parameters that the route declares."""
        self.single, self.repeated = query_parameters(operation)

    def __call__(self, request: Request) -> bool:
        context = request.context
        context.read_only, context.body_optional = self.spec.read_only, self.spec.body_optional
        if self.spec.limits:
            context.usage = limits.hit_all([(policy, context.ip) for policy in self.spec.limits])
        context.actor = actor_of(request)
        if context.actor.is_staff and not self.spec.is_admin:
            raise InvalidToken()  # it is for another audience (RFC 6750, 3.1)
        if self.spec.needs != "anyone":
            _admit(context.actor, self.spec)
        if request.META.get("QUERY_STRING"):
            self._check_parameters(request)
        return True

    def _check_parameters(self, request: HttpRequest) -> None:
        for name, values in request.GET.lists():
            if name not in self.single and name not in self.repeated:
                raise UnknownParameter(field=name[:100])
            if len(values) > 1 and name not in self.repeated:
                raise DuplicateParameter(field=name)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, by the Authorization header alone. Raises InvalidToken for any header that is not a live token."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
        raise InvalidToken()
    actor = authenticator()(token)
    if actor is None:
        raise InvalidToken()
    return actor


def _admit(actor: Actor, spec: Spec) -> None:
    if actor.is_anonymous:
        raise NotAuthenticated()
    if spec.needs == "staff" and not actor.is_staff:
        raise NotAllowed()
    if spec.permission and not is_granted(spec.permission, to=actor):
        raise NotAllowed()
