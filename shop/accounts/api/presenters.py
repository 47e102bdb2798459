"""How accounts look from outside."""

from uuid import UUID

from shop.accounts.api.schemas import AddressOut, CustomerOut, SessionOut, StaffOut, StaffTokensOut, TokensOut, UserOut
from shop.accounts.credentials import staff_actor
from shop.accounts.models import Address, Session, User
from shop.accounts.operations.sessions import Tokens
from shop.kernel.ids import Prefix, public
from shop.platform.clock import stamp
from shop.platform.permissions import granted_keys


def user(found: User) -> UserOut:
    return {
        "id": public(Prefix.USER, found.pk),
        "email": found.email,
        "email_verified": found.email_verified,
        "first_name": found.first_name or None,
        "last_name": found.last_name or None,
        "phone": found.phone or None,
        "locale": found.locale,
        "marketing_consent": found.marketing_consent,
        "metadata": found.metadata,
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
    }


def customer(found: User) -> CustomerOut:
    return {
        "id": public(Prefix.USER, found.pk),
        "email": found.email,
        "email_verified": found.email_verified,
        "first_name": found.first_name or None,
        "last_name": found.last_name or None,
        "phone": found.phone or None,
        "locale": found.locale,
        "marketing_consent": found.marketing_consent,
        "group": found.group.code if found.group else None,
        "is_active": found.is_active,
        "metadata": found.metadata,
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "closed_at": stamp(found.closed_at) if found.closed_at else None,
    }


def tokens(pair: Tokens, *, cart_id: str | None = None) -> TokensOut:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
        "refresh_expires_in": pair.refresh_expires_in,
        "user": user(pair.user),
        "cart_id": cart_id,
    }


def staff_tokens(pair: Tokens) -> StaffTokensOut:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
        "refresh_expires_in": pair.refresh_expires_in,
        "user": _staff(pair.user),
        "permissions": granted_keys(staff_actor(pair.user)),
    }


def _staff(user: User) -> StaffOut:
    return {
        "id": public(Prefix.USER, user.pk),
        "email": user.email,
        "first_name": user.first_name or None,
        "last_name": user.last_name or None,
    }


def session(found: Session, *, current: UUID | None) -> SessionOut:
    return {
        "id": public(Prefix.SESSION, found.pk),
        "device_name": found.device_name or None,
        "user_agent": found.user_agent or None,
        "ip": found.ip or None,
        "is_current": found.pk == current,
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "last_seen_at": stamp(found.last_seen_at),
        "expires_at": stamp(found.expires_at),
    }


def address(found: Address) -> AddressOut:
    return {
        "id": public(Prefix.ADDRESS, found.pk),
        "first_name": found.first_name or None,
        "last_name": found.last_name or None,
        "company": found.company or None,
        "line1": found.line1,
        "line2": found.line2 or None,
        "city": found.city or None,
        "postal_code": found.postal_code or None,
        "state": found.state or None,
        "country": found.country,
        "phone": found.phone or None,
        "is_default_shipping": found.is_default_shipping,
        "is_default_billing": found.is_default_billing,
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
    }
