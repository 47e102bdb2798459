"""A shop in which every table that the admin shows has a row."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from pydantic import SecretStr

from shop.accounts.models import PendingRegistration
from shop.accounts.operations import addresses, one_time_passwords
from shop.accounts.operations.sessions import Device, open_session
from shop.catalog.models import Brand
from shop.catalog.operations import categories
from shop.payments import operations as payments
from shop.payments.models import GatewayCredentials, InboundWebhook, Payment
from shop.payments.operations import gateway_credentials
from shop.platform.clock import now
from shop.platform.models import Job
from shop.tax.models import TaxClass
from tests.accounts.visitor import account
from tests.checkout.storefront_client import code, open_shop, sell, shopper
from tests.payments.gateways import KeyedCredentials

PAGES = ("", "add/", "{pk}/change/", "{pk}/delete/", "{pk}/history/")


def one_of_each() -> None:
    """A customer and a colleague with all that is theirs, and an order with a code that was paid and paid back."""
    open_shop()
    for email, is_staff in (("ada@example.com", False), ("boss@example.com", True)):
        user = account(email, is_staff=is_staff, is_superuser=is_staff)
        open_session(user, device=Device(name="Laptop", ip="192.0.2.1"))
        addresses.add(
            user.pk,
            {"company": "Engines", "line1": "Street 1", "city": "Berlin", "postal_code": "10117", "country": "DE"},
        )
        one_time_passwords.issue_code(one_time_passwords.ask(subject=user.email_key, purpose="password_reset"))
    PendingRegistration.objects.create(
        email="new@example.com",
        email_key="new@example.com",
        password="!",
        token_digest="d" * 64,
        expires_at=now() + timedelta(minutes=5),
    )
    Group.objects.create(name="Support")
    Brand.objects.create(name="Kiln", slug="kiln")
    categories.plant(name="Mugs", slug="mugs", parent=None, position=0, is_active=True, description_html="")
    TaxClass.objects.create(code="books", name="Books")
    code("WELCOME10")
    bought = shopper(sell())
    bought.visitor.post(f"{bought.path}/codes", code="WELCOME10")
    seen = bought.ready().complete()
    assert seen.status in (200, 201), seen.body
    payment = Payment.objects.get()
    payments.refund(payment, amount=payment.money, reason="broken")
    keys = KeyedCredentials(publishable_key="pk_live_0123456789", secret_key=SecretStr("sk_live_0123456789"))
    gateway_credentials.enter(GatewayCredentials(provider="keyed"), keys, by=None)
    InboundWebhook.objects.create(provider="test", event_id="evt_1", kind="charge", payment=payment)
    Job.objects.create(name="accounts.mail_code", due_at=now(), state=Job.State.DEAD, error="it broke")


def paths() -> Iterator[str]:
    """Every page of the admin that shows rows, or one, or makes one."""
    for model in admin.site._registry:
        key: Any = model._default_manager.values_list("pk", flat=True).first()
        start = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield from (start + each.format(pk=key) for each in PAGES)
