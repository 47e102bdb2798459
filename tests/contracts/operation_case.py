"""Where a refusal is played: one operation, somebody who may call it, and the good request to begin with."""

import json
from dataclasses import dataclass, replace

from django.test import Client
from pytest_django import Settings

from shop.checkout.models import Cart
from tests.contracts import factories
from tests.contracts.callers import ANONYMOUS, Caller, Request, capability, good
from tests.contracts.operations import Operation


@dataclass(frozen=True)
class OperationCase:
    """One operation, somebody who may call it, and what can be arranged before."""

    operation: Operation
    ada: Caller
    client: Client
    settings: Settings

    @property
    def good(self) -> Request:
        return good(self.operation, self.ada)

    @property
    def guests(self) -> Request:
        """The good request, for a guest's row."""
        return good(self.operation, self.ada, of=ANONYMOUS)

    @property
    def by_a_guest(self) -> Request:
        """The good request, without a login."""
        return good(self.operation, ANONYMOUS)

    def with_cart(self) -> tuple[Request, Cart]:
        """The good request and the cart that it is about: the one of its path, or else the one that Ada has open."""
        request = self.good
        if not capability(self.operation):
            factories.cart(self.ada.user)
        return request, Cart.objects.get()

    def with_fields(self, **fields: object) -> Request:
        """The good request, with these values in fields that it has."""
        return self.sending(self.good, **fields)

    def sending(self, request: Request, **fields: object) -> Request:
        """This request, with these values in fields that it has."""
        body = json.loads(request.body)
        return request.sending(body | {name: value for name, value in fields.items() if name in body})

    def without(self, header: str) -> Request:
        """The good request, which does not say this."""
        request = self.good
        return replace(request, headers={name: said for name, said in request.headers.items() if name != header})
