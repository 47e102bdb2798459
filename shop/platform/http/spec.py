"""A route's declaration: what the precheck checks, what the document says, how often an effect may happen."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import ValidationError

from shop.kernel.errors import Refusal
from shop.platform.http.fields import In
from shop.platform.limits import Policy

Needs = Literal["anyone", "user", "staff"]
Idempotency = Literal["none", "optional", "required"]
"""Whether an Idempotency-Key is ignored, used when sent, or required."""
Around = Callable[..., AbstractContextManager[None]]
"""Given what a route is given: the context in which it runs, outside of its transaction."""

Rebuild = Callable[[Any, str], Any]
"""Given the request and a public id: the answer about that object, as it is now."""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One route as it was declared."""

    id: str
    method: str
    path: str
    status: int
    needs: Needs
    permission: str | None
    """The key that staff needs (shop.platform.permissions): `orders:read`."""
    refusals: tuple[type[Refusal], ...]
    limits: tuple[Policy, ...]
    idempotency: Idempotency
    manages_transactions: bool
    rebuild: Rebuild | None
    """Gives the answer anew from the id in its ETag, where it was too large to be stored."""
    around: Around | None
    conditional: bool
    public: bool
    """Whether caches may keep the answer for whoever is not signed in."""
    out: Any
    also: Mapping[int, Any]
    """The schemas of other successes, by status."""
    priced: bool
    """Whether prices are shown, so that `meta.context` says for whom."""
    moves: bool
    """Whether an old address answers 301 with the new one."""
    body: type[In] | None
    query: frozenset[str]
    """The names of the query parameters."""
    credentials: tuple[str, ...]
    """The names of the parameters in headers: what a guest shows there opens what the path names."""
    example: dict[str, Any] | None

    @property
    def is_admin(self) -> bool:
        """Whether the route belongs to the admin API, whose tokens open nothing else."""
        return self.path.startswith("/admin/")

    @property
    def is_shared_by_guests(self) -> bool:
        """Whether the keys of all guests stand in one scope: no cart or order in the path tells them apart."""
        return self.idempotency != "none" and self.needs == "anyone" and "{" not in self.path

    @cached_property
    def body_optional(self) -> bool:
        """Whether no body is as good as an empty object: all in it is optional, and it is not a change."""
        if self.body is None or self.method == "PATCH":
            return False
        try:
            self.body.model_validate({})
        except ValidationError:
            return False
        return True

    @property
    def read_only(self) -> frozenset[str]:
        return self.body.read_only if self.body else frozenset()
