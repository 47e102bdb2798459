"""Somebody for every part in a play over all operations, and what each operation needs to go well.

Operations come from the document. What the document can't know is here: which row a path parameter names, how one
comes by a one-time secret, and which ids and totals of this shop take the place of those in an example.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from django.test import Client

from shop.accounts.models import Address, Session, User
from shop.accounts.operations import email_change, password, registration, sessions
from shop.accounts.operations.sessions import Device, Tokens
from shop.checkout.models import Cart
from shop.kernel.ids import Prefix, public
from shop.orders import confirming
from shop.platform.permissions import keys
from tests.accounts.visitor import PASSWORD, account, codes_in, deliver
from tests.contracts import factories
from tests.contracts.operations import JSON, Operation

HERE = "192.0.2.7"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
BERLIN = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "line1": "Friedrichstr. 43",
    "city": "Berlin",
    "postal_code": "10117",
    "country": "DE",
}


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: a user who is logged in, or nobody."""

    user: User | None = None
    tokens: Tokens | None = None
    only_shops: bool = False
    """Whether staff calls the admin API with a token of the storefront."""

    @property
    def is_on_duty(self) -> bool:
        return self.user is not None and self.user.is_staff and not self.only_shops

    def headers_at(self, operation: Operation) -> dict[str, str]:
        tokens = staff_tokens(self.user) if operation.is_admin and self.user and self.is_on_duty else self.tokens
        return {"Authorization": f"Bearer {tokens.access_token}"} if tokens else {}


ANONYMOUS = Caller()


def caller(email: str, **fields: Any) -> Caller:
    """A new user who is logged in."""
    user = account(email, PASSWORD, **fields)
    return Caller(user, sessions.open_session(user, device=Device(name="Ada's phone", user_agent=PHONE, ip=HERE)))


def able(operation: Operation, **fields: Any) -> Caller:
    """Somebody who may call the operation: Ada, who is a superuser where it is one of the admin API."""
    power = {"is_staff": True, "is_superuser": True} if operation.is_admin else {}
    return caller("ada@example.com", **power, **fields)


def staff_tokens(user: User) -> Tokens:
    """Tokens of the admin API."""
    return sessions.open_session(user, device=Device(name="Office", ip=HERE), audience=Session.Audience.ADMIN)


def permissions_of(key: str) -> QuerySet[Permission]:
    """What Django calls a permission key."""
    full_name = Concat("content_type__app_label", Value("."), "codename")
    return Permission.objects.annotate(full_name=full_name).filter(full_name__in=keys()[key])


def _address(owner: User | None) -> Mapping[str, str]:
    assert owner is not None
    found = Address.objects.create(user=owner, **BERLIN)
    return {"address_id": public(Prefix.ADDRESS, found.pk)}


def _session(owner: User | None) -> Mapping[str, str]:
    assert owner is not None
    sessions.open_session(owner, device=Device(name="tablet", user_agent=PHONE, ip=HERE))
    return {"session_id": public(Prefix.SESSION, owner.sessions.latest("id").pk)}


def _customer(_: User | None) -> Mapping[str, str]:
    return {"customer_id": public(Prefix.USER, account("mary@example.com", first_name="Mary").pk)}


ROWS: Mapping[str, Callable[[User | None], Mapping[str, str]]] = {
    "address_id": _address,
    "session_id": _session,
    "customer_id": _customer,
    "product": factories.product_names,
    "slug": factories.category_names,
    "cart_id": factories.cart_names,
    "order_id": factories.order_names,
}
"""For the first parameter of a path: a row of this owner (None is a guest), as the path and the headers name it."""

BY_CAPABILITY = frozenset({"cart_id", "order_id"})
"""Rows that a guest can have: whoever knows the cart's id, or the order's token, may use them."""


def capability(operation: Operation) -> bool:
    """Whether the row in the operation's path can be a guest's."""
    return bool(BY_CAPABILITY & set(operation.names("path")))


def named(operation: Operation, owner: User | None) -> Mapping[str, str]:
    """What the operation's path and headers say, about rows that are the owner's."""
    if not operation.names("path"):
        return {}
    first = operation.names("path")[0]
    return ROWS[first](owner) if owner is not None or operation.is_public or first in BY_CAPABILITY else {}


def _code() -> str:
    deliver()
    return codes_in(mail.outbox[-1])[0]


def _registered(_: Caller) -> dict[str, Any]:
    applicant = registration.Applicant(email="new@example.com", password=PASSWORD)
    token = registration.register(applicant, ip=HERE)
    return {"email": applicant.email, "registration_token": token, "otp": _code()}


def _forgotten(who: Caller) -> dict[str, Any]:
    email = who.user.email if who.user else account("forgetful@example.com").email
    password.forgot(email, ip=HERE)
    return {"email": email, "otp": _code()}


def _moving(who: Caller) -> dict[str, Any]:
    if who.user is None or who.user.is_staff:
        return {}
    email_change.ask(who.user.pk, new_email="moved@example.com", current_password=PASSWORD, ip=HERE)
    return {"otp": _code()}


def _ordered(_: Caller) -> dict[str, Any]:
    code = confirming.new_code(factories.awaiting_code())
    return {"otp": code}


def _refresh_token(who: Caller) -> dict[str, Any]:
    tokens = who.tokens or caller("elsewhere@example.com").tokens
    assert tokens is not None
    return {"refresh_token": tokens.refresh_token}


def _colleague(who: Caller) -> User:
    """Whoever of the staff logs in: the caller, or somebody else where the caller is none of them."""
    if who.user and who.user.is_staff:
        return who.user
    grace = account("grace@example.com", is_staff=True, first_name="Grace", last_name="Hopper")
    grace.user_permissions.set(permissions_of("orders:read"))
    return grace


def _staff_login(who: Caller) -> dict[str, Any]:
    return {"email": _colleague(who).email, "password": PASSWORD}


def _staff_refresh_token(who: Caller) -> dict[str, Any]:
    return {"refresh_token": staff_tokens(_colleague(who)).refresh_token}


def _opened(_: Caller) -> dict[str, Any]:
    return {"lines": [factories.wanted()]}


def _agreed(_: Caller) -> dict[str, Any]:
    return {"expected_total": factories.total(Cart.objects.latest("id"))}


SECRETS: Mapping[str, Callable[[Caller], dict[str, Any]]] = {
    "verifyEmail": _registered,
    "verifyOtp": _forgotten,
    "resetPassword": _forgotten,
    "confirmEmail": _moving,
    "confirmOrderEmail": _ordered,
    "refreshTokens": _refresh_token,
    "loginAdmin": _staff_login,
    "refreshAdminTokens": _staff_refresh_token,
    "createCart": _opened,
    "addLines": lambda who: factories.wanted(),
    "updateCart": lambda who: factories.method_wanted(),
    "completeCart": _agreed,
}
"""What takes the place of something in an example, by operation: no document can know a code that works, or the ids
and prices of this shop."""

PREPARED: Mapping[str, Callable[[User | None], object]] = {
    "getMyCart": factories.cart,
    "listMyOrders": factories.order,
    "listAdminCustomers": _customer,
    "listAdminOrders": factories.order,
    **dict.fromkeys(["listProducts", "listCategories", "listBrands"], lambda owner: factories.mug()),
}
"""What there is to see, for operations whose path does not name it."""


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def sending(self, body: object) -> "Request":
        """The same with this body, as JSON unless it is bytes already."""
        return replace(self, body=body if isinstance(body, bytes) else json.dumps(body).encode(), content_type=JSON)

    def saying(self, **headers: str) -> "Request":
        return replace(self, headers={**self.headers, **{n.replace("_", "-"): value for n, value in headers.items()}})

    def answer(self, client: Client) -> HttpResponse:
        path = self.path + (f"?{self.query}" if self.query else "")
        found = client.generic(self.method, path, self.body, self.content_type, headers=dict(self.headers))
        assert isinstance(found, HttpResponse)
        return found


def good(operation: Operation, who: Caller, *, of: Caller | None = None) -> Request:
    """The request of the document's example, which goes well: with rows that are `of` somebody else, or the caller's
    own, and secrets that work."""
    owner = (of or who).user
    names = named(operation, owner)
    if owner is not None and operation.id in PREPARED:
        PREPARED[operation.id](owner)
    if operation.id == "resendOrderConfirmation" and names:
        factories.awaiting_code()
    request = Request(operation.method, operation.path, headers=who.headers_at(operation))
    if names:
        request = replace(request, path=operation.path.format(**names))
    for each in operation.parameters:
        if each["in"] == "header" and (each["required"] or each["name"] in names):
            request = request.saying(**{each["name"]: names.get(each["name"]) or MUST_SAY[each["name"]]})
    if operation.body is None:
        return request
    secrets = SECRETS[operation.id](who) if operation.id in SECRETS else {}
    return request.sending(operation.example | secrets)


MUST_SAY = {"Idempotency-Key": "0b1f6c1e-6a53-4d0e-9b43-7a4c4f7f5d11", "If-Match": "*"}
"""Headers without which an operation refuses."""

RESTLESS = frozenset(
    {"platform.LimitCounter", "platform.IdempotencyRecord", "platform.Schedule", "accounts.Session.last_seen_at"}
)
"""What counts calls and remembers their answers: it changes when a call is refused too."""


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those that count calls."""
    found = {}
    with connection.cursor() as cursor:
        for label, statement in _statements().items():
            cursor.execute(statement)
            found[label] = sorted(cursor.fetchall(), key=repr)
    return found


@cache
def _statements() -> Mapping[str, str]:
    """What asks for the rows of each table; written once, because they are asked for hundreds of times."""
    return {
        model._meta.label: str(model._base_manager.order_by().values_list(*_names(model)).query)
        for model in apps.get_models()
        if model._meta.label not in RESTLESS
    }


def belongings(owner: User) -> dict[str, list[tuple[object, ...]]]:
    """Every row that is the user, or is the user's by a foreign key."""
    mine = {
        f"{relation.related_model._meta.label}.{relation.field.name}": _rows(
            relation.related_model, **{relation.field.name: owner.pk}
        )
        for relation in User._meta.related_objects
    }
    return mine | {"accounts.User": _rows(User, pk=owner.pk)}


def _rows(model: type[Model], **of: object) -> list[tuple[object, ...]]:
    return sorted(model._base_manager.filter(**of).values_list(*_names(model)), key=repr)


def _names(model: type[Model]) -> list[str]:
    """The columns that stay when nothing happens."""
    return [each.attname for each in model._meta.concrete_fields if f"{model._meta.label}.{each.name}" not in RESTLESS]
