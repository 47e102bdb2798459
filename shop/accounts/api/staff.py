"""`/admin/auth`: staff logs in to the admin API, which no token of the storefront opens."""

from shop.accounts import errors
from shop.accounts.api import presenters
from shop.accounts.api.devices import device_of
from shop.accounts.api.schemas import StaffLoginIn, StaffRefreshIn, StaffTokensOut
from shop.accounts.limits import AUTH
from shop.accounts.models import Session
from shop.accounts.operations import login, sessions
from shop.kernel.messages import gettext_noop
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.router import Router

router = Router(tag="Admin authentication", limits=(AUTH,), idempotency="none")


@router.post("/admin/auth/login", id="loginAdmin", refusals=(errors.InvalidCredentials,))
def log_in(request: Request, body: StaffLoginIn) -> Answer[StaffTokensOut]:
    """Log in as staff.

    For accounts that are staff; all others are refused as a wrong password is. The session ends after 12 hours, after
    30 minutes in which it is not refreshed, and at once when the password changes or the account is no longer staff.
    """
    pair = login.log_in_staff(body.email, body.password, device=device_of(request, name=body.device_name))
    return Answer(data=presenters.staff_tokens(pair), message=gettext_noop("You are logged in."))


@router.post("/admin/auth/refresh", id="refreshAdminTokens", refusals=(errors.InvalidRefreshToken,))
def refresh(request: Request, body: StaffRefreshIn) -> Answer[StaffTokensOut]:
    """Refresh staff tokens.

    Exchanges the refresh token of `POST /admin/auth/login` for a new pair; the old one no longer works. `permissions`
    are those of now.
    """
    pair = sessions.refresh(body.refresh_token, audience=Session.Audience.ADMIN)
    return Answer(data=presenters.staff_tokens(pair), message=gettext_noop("Tokens refreshed."))


@router.post("/admin/auth/logout", id="logoutAdmin", needs="staff")
def log_out(request: Request) -> Answer[None]:
    """Log out as staff.

    Ends the session of the bearer token. Its tokens are revoked immediately.
    """
    sessions.end([request.context.session_id], because=Session.Ending.LOGOUT)
    return Answer(data=None, message=gettext_noop("You are logged out."))
