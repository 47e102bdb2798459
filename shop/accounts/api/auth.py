"""`/auth`: registering, logging in and out, getting a password back. No answer says whether an account exists."""

from ninja import Body

from shop.accounts import errors
from shop.accounts.api import presenters
from shop.accounts.api.devices import device_of
from shop.accounts.api.schemas import (
    AskedOut,
    ChangePasswordIn,
    ForgotPasswordIn,
    LoginIn,
    LogoutIn,
    RefreshIn,
    RegisteredOut,
    RegisterIn,
    ResendVerificationIn,
    ResetPasswordIn,
    ResetTicketOut,
    TokensOut,
    VerifyEmailIn,
    VerifyOtpIn,
)
from shop.accounts.limits import AUTH, code_gap
from shop.accounts.models import Session
from shop.accounts.operations import login, password, registration, sessions
from shop.accounts.operations.one_time_passwords import LIFE
from shop.accounts.operations.sessions import Tokens
from shop.accounts.ports import logged_in
from shop.kernel.messages import gettext_noop
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.refusals import NotAuthenticated
from shop.platform.http.router import Router

router = Router(tag="Authentication", limits=(AUTH,), idempotency="none")

CODE_LIFE = int(LIFE.total_seconds())


@router.post("/auth/register", id="register", status=202, refusals=(errors.WeakPassword,))
def register(request: Request, body: RegisterIn) -> Answer[RegisteredOut]:
    """Register an account.

    Sends a code (OTP) to the email address; send it with the `registration_token` to `POST /auth/verify-email`. The
    answer is the same whether or not there is an account already; its owner gets an email that says so. The account
    begins with the language that `Accept-Language` prefers, if the shop has it.
    """
    locale = request.context.language if "HTTP_ACCEPT_LANGUAGE" in request.META else None
    applicant = registration.Applicant(**body.model_dump(), locale=locale)
    token = registration.register(applicant, ip=request.context.ip)
    data: RegisteredOut = {"registration_token": token, "expires_in": CODE_LIFE, "resend_after": _gap()}
    return Answer(data=data, message=gettext_noop("A code was sent to this email address."))


@router.post("/auth/verify-email", id="verifyEmail", refusals=(errors.InvalidOrExpiredOtp,))
def verify_email(request: Request, body: VerifyEmailIn) -> Answer[TokensOut]:
    """Confirm a registration.

    Creates the account and logs you in, given the code (OTP) from the email and the `registration_token`.
    """
    pair = registration.verify(
        body.email,
        code=body.otp,
        registration_token=body.registration_token,
        device=device_of(request, name=body.device_name),
    )
    return _welcome(pair, gettext_noop("Welcome. Your email address is confirmed."), cart_id=body.cart_id)


@router.post("/auth/resend-verification", id="resendVerification", status=202)
def resend_verification(request: Request, body: ResendVerificationIn) -> Answer[AskedOut]:
    """Resend the registration code.

    Sends another code (OTP) for a registration that is still open. The previous code no longer works.
    """
    registration.resend(body.email, registration_token=body.registration_token, ip=request.context.ip)
    return Answer(data=_asked(), message=gettext_noop("If this registration is still open, a code was sent."))


@router.post("/auth/login", id="login", refusals=(errors.InvalidCredentials, errors.EmailNotVerified))
def log_in(request: Request, body: LoginIn) -> Answer[TokensOut]:
    """Log in.

    Send the `access_token` as `Authorization: Bearer …` from now on. With `cart_id` a guest's cart is merged into your
    open cart; if that is not possible, you are logged in all the same and `message` says so.
    """
    pair = login.log_in(body.email, body.password, device=device_of(request, name=body.device_name))
    return _welcome(pair, gettext_noop("You are logged in."), cart_id=body.cart_id)


@router.post("/auth/refresh", id="refreshTokens", refusals=(errors.InvalidRefreshToken,))
def refresh(request: Request, body: RefreshIn) -> Answer[TokensOut]:
    """Refresh tokens.

    Exchanges a refresh token for a new pair; the old one no longer works. Concurrent tabs get the same pair for ten
    seconds; an old token that is used later ends its whole session.
    """
    return Answer(
        data=presenters.tokens(sessions.refresh(body.refresh_token)), message=gettext_noop("Tokens refreshed.")
    )


@router.post("/auth/logout", id="logout", refusals=(NotAuthenticated,))
def log_out(request: Request, body: LogoutIn = Body(default=LogoutIn())) -> Answer[None]:  # type: ignore[type-arg]  # noqa: B008
    """Log out.

    Ends the session of the bearer token, or of the `refresh_token` in the body. Its tokens are revoked immediately.
    """
    if body.refresh_token is not None:
        sessions.end_by_token(body.refresh_token)
    elif request.context.actor.session_id is not None:
        sessions.end([request.context.actor.session_id], because=Session.Ending.LOGOUT)
    else:
        raise NotAuthenticated()
    return Answer(data=None, message=gettext_noop("You are logged out."))


@router.post("/auth/logout-all", id="logoutEverywhere", needs="user")
def log_out_everywhere(request: Request) -> Answer[None]:
    """Log out everywhere.

    Ends every storefront session of the account, this one included. All their tokens are revoked immediately. Sessions
    of the admin API go on.
    """
    sessions.end_all(request.context.user_id, because=Session.Ending.LOGOUT, audience=Session.Audience.STOREFRONT)
    return Answer(data=None, message=gettext_noop("You are logged out on all devices."))


@router.post("/auth/forgot-password", id="forgotPassword", status=202)
def forgot_password(request: Request, body: ForgotPasswordIn) -> Answer[AskedOut]:
    """Request a password reset.

    Forgot password: sends a code (OTP) to the email address, for `POST /auth/reset-password`. The answer is the same
    for every email address. The code is valid for 5 minutes and 5 attempts; requesting another one replaces it.
    """
    password.forgot(body.email, ip=request.context.ip)
    return Answer(
        data=_asked(), message=gettext_noop("If there is an account with this email address, a code was sent.")
    )


@router.post("/auth/verify-otp", id="verifyOtp", refusals=(errors.InvalidOrExpiredOtp,))
def verify_otp(request: Request, body: VerifyOtpIn) -> Answer[ResetTicketOut]:
    """Verify an OTP.

    Exchanges the code (OTP) for a reset token, for apps that ask for the new password on a second screen. It counts as
    an attempt; the token works once, for the rest of the code's five minutes.
    """
    ticket, seconds = password.verify_code(body.email, code=body.otp, ip=request.context.ip)
    return Answer(data={"reset_token": ticket, "expires_in": seconds}, message=gettext_noop("Code accepted."))


@router.post("/auth/reset-password", id="resetPassword", refusals=(errors.InvalidOrExpiredOtp, errors.WeakPassword))
def reset_password(request: Request, body: ResetPasswordIn) -> Answer[None]:
    """Reset your password.

    Reset password with the code (OTP) from the email, or with the reset token that it was exchanged for. Every device
    is logged out. A weak password is refused before the code is used.
    """
    if body.reset_token is not None:
        password.reset_by_ticket(body.reset_token, new_password=body.new_password)
    else:
        password.reset(body.email or "", code=body.otp or "", new_password=body.new_password, ip=request.context.ip)
    return Answer(data=None, message=gettext_noop("Your password was changed. Please log in."))


@router.post(
    "/auth/change-password",
    id="changePassword",
    needs="user",
    refusals=(errors.WrongPassword, errors.WeakPassword),
)
def change_password(request: Request, body: ChangePasswordIn) -> Answer[None]:
    """Change your password.

    Needs the current password. Your other devices are logged out; this one stays logged in.
    """
    context = request.context
    password.change(
        context.user_id, session_id=context.actor.session_id, current=body.current_password, new=body.new_password
    )
    return Answer(data=None, message=gettext_noop("Your password was changed."))


def _welcome(pair: Tokens, message: str, *, cart_id: str | None) -> Answer[TokensOut]:
    """The answer to a login, with the cart that the customer has open."""
    result = logged_in(pair.user.pk, cart_id=cart_id)
    return Answer(data=presenters.tokens(pair, cart_id=result.cart_id), message=message, notice=result.notice)


def _asked() -> AskedOut:
    return {"expires_in": CODE_LIFE, "resend_after": _gap()}


def _gap() -> int:
    return code_gap().window_seconds
