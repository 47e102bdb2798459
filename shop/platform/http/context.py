"""What the API middleware knows about one request, and the request type that carries it."""

import secrets
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest

from shop.kernel.errors import Problem
from shop.platform.actors import ANONYMOUS, Actor
from shop.platform.limits import Usage

EXAMPLE_REQUEST_ID = "req_7f3a9c2e51d04b86a1c9"


def new_request_id() -> str:
    """An id for a request that brought none: 80 bits of chance."""
    return f"req_{secrets.token_hex(10)}"


@dataclass(slots=True)
class RequestContext:
    """One request on its way through the modules."""

    request_id: str
    ip: str
    started: float
    language: str
    """In which the sentences of the answer are, as far as they are translated: a tag (BCP 47)."""
    actor: Actor = ANONYMOUS
    usage: list[Usage] = field(default_factory=list)
    text_problems: list[Problem] = field(default_factory=list)
    body: object = None
    read_only: frozenset[str] = frozenset()
    body_optional: bool = False
    """Whether the route takes no body for an empty object."""
    route: str = ""
    """The template that the path fits, for logs and figures."""

    @property
    def user_id(self) -> UUID:
        """The signed-in user's key; only behind a route that needs one."""
        if self.actor.user_id is None:
            raise RuntimeError("this route is open to everybody")
        return self.actor.user_id

    @property
    def session_id(self) -> UUID:
        """The session of the signed-in user; only behind a route that needs one."""
        if self.actor.session_id is None:
            raise RuntimeError("this route is open to everybody")
        return self.actor.session_id


class Request(HttpRequest):
    """A request that has passed the API middleware, which sets its context on Django's own object."""

    context: RequestContext
