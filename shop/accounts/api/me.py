"""`/me`: the account of whoever is logged in."""

from shop.accounts import errors, queries
from shop.accounts.api import presenters
from shop.accounts.api.schemas import (
    AddressChangeIn,
    AddressIn,
    AddressOut,
    AskedOut,
    ChangeEmailIn,
    CloseAccountIn,
    ConfirmEmailIn,
    ProfileIn,
    SessionOut,
    UserOut,
)
from shop.accounts.limits import code_gap
from shop.accounts.operations import addresses, email_change, profile, sessions
from shop.accounts.operations.one_time_passwords import LIFE
from shop.kernel.ids import Prefix, private, public
from shop.kernel.messages import gettext_noop
from shop.platform.http.conditions import etag, expected_version
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.lists import PageQuery, listed
from shop.platform.http.router import Router
from shop.platform.limits import TooManyRequests

router = Router(tag="Account", needs="user")


@router.get("/me", id="getMe")
def get_me(request: Request) -> Answer[UserOut]:
    """Retrieve your account.

    The profile of the customer who is logged in.
    """
    shown = presenters.user(queries.user(request.context.user_id))
    return Answer(data=shown, message=gettext_noop("Account retrieved."), etag=etag(shown["id"], shown["version"]))


@router.patch("/me", id="updateMe", conditional=True)
def update_me(request: Request, body: ProfileIn) -> Answer[UserOut]:
    """Update your account.

    An absent field stays as it is, null clears it. `email` is read-only here: `POST /me/change-email` changes it.
    """
    me = request.context.user_id
    version = expected_version(request, public_id=public(Prefix.USER, me))
    shown = presenters.user(profile.update(me, body.changes(), version=version))
    return Answer(data=shown, message=gettext_noop("Account updated."), etag=etag(shown["id"], shown["version"]))


@router.delete(
    "/me",
    id="closeMe",
    conditional=True,
    refusals=(errors.WrongPassword, errors.StaffAccount, errors.AccountBusy, TooManyRequests),
)
def close_me(request: Request, body: CloseAccountIn) -> Answer[None]:
    """Close your account.

    Your data and your cart are erased and every device is logged out; orders are kept for as long as the law requires.
    """
    me = request.context.user_id
    version = expected_version(request, public_id=public(Prefix.USER, me))
    profile.close(me, current_password=body.current_password, expected_version=version)
    return Answer(data=None, message=gettext_noop("Your account is closed."))


@router.post(
    "/me/change-email",
    id="changeEmail",
    status=202,
    refusals=(errors.WrongPassword, errors.StaffAccount, TooManyRequests),
    manages_transactions=True,
)
def change_email(request: Request, body: ChangeEmailIn) -> Answer[AskedOut]:
    """Change your email.

    Sends a code (OTP) to the new email address; the account keeps the old one until `POST /me/change-email/confirm`.
    """
    context = request.context
    email_change.ask(context.user_id, new_email=body.new_email, current_password=body.current_password, ip=context.ip)
    data: AskedOut = {"expires_in": int(LIFE.total_seconds()), "resend_after": code_gap().window_seconds}
    return Answer(data=data, message=gettext_noop("A code was sent to the new email address."))


def _me_again(request: Request, _: str) -> Answer[UserOut]:
    return get_me(request)


@router.post(
    "/me/change-email/confirm",
    id="confirmEmail",
    rebuild=_me_again,
    refusals=(errors.InvalidOrExpiredOtp,),
    manages_transactions=True,
)
def confirm_email(request: Request, body: ConfirmEmailIn) -> Answer[UserOut]:
    """Confirm your new email.

    Changes the email address of the account, given the code (OTP) from the email. The old email address is notified.
    """
    shown = presenters.user(email_change.confirm(request.context.user_id, code=body.otp, ip=request.context.ip))
    return Answer(
        data=shown, message=gettext_noop("Your email address was changed."), etag=etag(shown["id"], shown["version"])
    )


@router.get("/me/sessions", id="listSessions")
def list_sessions(request: Request, page: PageQuery) -> Answer[list[SessionOut]]:
    """List your sessions.

    The devices that are logged in at the storefront, the latest login first, a page at a time.
    """
    me, current = request.context.user_id, request.context.actor.session_id
    binding = f"sessions:{me}"
    found = queries.sessions(me, page=page.request(binding=binding))
    return listed(
        found,
        lambda each: presenters.session(each, current=current),
        query=page,
        binding=binding,
        message=gettext_noop("Sessions retrieved."),
    )


@router.delete("/me/sessions/{session_id}", id="revokeSession")
def revoke_session(request: Request, session_id: str) -> Answer[None]:
    """Revoke a session.

    Logs a device out. Its tokens are revoked immediately.
    """
    sessions.revoke(request.context.user_id, private(Prefix.SESSION, session_id))
    return Answer(data=None, message=gettext_noop("The device is logged out."))


@router.get("/me/addresses", id="listAddresses")
def list_addresses(request: Request, page: PageQuery) -> Answer[list[AddressOut]]:
    """List your addresses.

    Your address book, the newest first, a page at a time.
    """
    me = request.context.user_id
    binding = f"addresses:{me}"
    found = queries.addresses(me, page=page.request(binding=binding))
    return listed(found, presenters.address, query=page, binding=binding, message=gettext_noop("Addresses retrieved."))


@router.post("/me/addresses", id="createAddress", status=201, refusals=(errors.TooManyAddresses,))
def create_address(request: Request, body: AddressIn) -> Answer[AddressOut]:
    """Create an address.

    Adds it to your address book, which holds at most 50. The first one becomes the default for shipping and billing.
    """
    shown = presenters.address(addresses.add(request.context.user_id, body.model_dump()))
    return Answer(
        data=shown,
        message=gettext_noop("Address created."),
        etag=etag(shown["id"], shown["version"]),
        headers={"Location": f"/api/v1/me/addresses/{shown['id']}"},
    )


@router.get("/me/addresses/{address_id}", id="getAddress")
def get_address(request: Request, address_id: str) -> Answer[AddressOut]:
    """Retrieve an address.

    An address of your address book.
    """
    shown = presenters.address(queries.address(request.context.user_id, private(Prefix.ADDRESS, address_id)))
    return Answer(data=shown, message=gettext_noop("Address retrieved."), etag=etag(shown["id"], shown["version"]))


@router.patch("/me/addresses/{address_id}", id="updateAddress", conditional=True)
def update_address(request: Request, address_id: str, body: AddressChangeIn) -> Answer[AddressOut]:
    """Update an address.

    An absent field stays as it is, null clears it. An address that becomes a default replaces the previous one.
    """
    shown = presenters.address(
        addresses.change(
            request.context.user_id,
            private(Prefix.ADDRESS, address_id),
            body.changes(),
            version=expected_version(request, public_id=address_id),
        )
    )
    return Answer(data=shown, message=gettext_noop("Address updated."), etag=etag(shown["id"], shown["version"]))


@router.delete("/me/addresses/{address_id}", id="deleteAddress", conditional=True)
def delete_address(request: Request, address_id: str) -> Answer[None]:
    """Delete an address.

    Removes it from your address book. Carts and orders that use it keep their copy.
    """
    addresses.remove(
        request.context.user_id,
        private(Prefix.ADDRESS, address_id),
        version=expected_version(request, public_id=address_id),
    )
    return Answer(data=None, message=gettext_noop("Address deleted."))
