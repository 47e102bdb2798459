"""Schemas of accounts, in and out. What goes out has every key always; absent values are null."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from shop.accounts.fields import (
    City,
    CountryOfAddress,
    DeviceName,
    Email,
    FirstName,
    FirstPassword,
    LastName,
    Line1,
    Line2,
    Locale,
    MetadataPatch,
    Name,
    NewPassword,
    Otp,
    Password,
    Phone,
    PhoneOfAddress,
    PostalCode,
    RefreshToken,
    RegistrationToken,
    StaffRefreshToken,
    Token,
    too_weak,
)
from shop.kernel.messages import gettext_noop
from shop.platform.http.fields import In, Judged, Mistake, Patch

CodeLife = Annotated[int, Field(description="Seconds until the code expires.")]
CodeGap = Annotated[int, Field(description="Seconds until another code can be requested.")]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T08:43:19Z"])]


class RegisterIn(Judged):
    email: Email
    password: FirstPassword
    first_name: FirstName = ""
    last_name: LastName = ""
    phone: Phone = ""

    @classmethod
    def judge(cls, sent: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[str | None, Mistake]]:
        return too_weak("password", right)


class VerifyEmailIn(In):
    email: Email
    otp: Otp
    registration_token: RegistrationToken
    cart_id: Token | None = None
    device_name: DeviceName = ""


class ResendVerificationIn(In):
    email: Email
    registration_token: RegistrationToken


class LoginIn(In):
    email: Email
    password: Password
    cart_id: Annotated[Token | None, Field(description="A guest's cart, to be merged into the account's.")] = None
    device_name: DeviceName = ""


class StaffLoginIn(In):
    email: Email
    password: Password
    device_name: DeviceName = ""


class RefreshIn(In):
    refresh_token: RefreshToken


class StaffRefreshIn(In):
    refresh_token: StaffRefreshToken


class LogoutIn(In):
    refresh_token: RefreshToken | None = None


class ForgotPasswordIn(In):
    email: Email


class VerifyOtpIn(In):
    email: Email
    otp: Otp
    purpose: Literal["password_reset"]


class ResetPasswordIn(Judged):
    """Either `email` and `otp`, or the `reset_token` that they were exchanged for."""

    email: Email | None = None
    otp: Otp | None = None
    reset_token: Token | None = None
    new_password: NewPassword

    @model_validator(mode="after")
    def _one_way(self) -> "ResetPasswordIn":
        for mistake in _not_one_way(self.model_dump()):
            raise mistake
        return self

    @classmethod
    def judge(cls, sent: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[str | None, Mistake]]:
        yield from too_weak("new_password", right)
        yield from ((None, mistake) for mistake in _not_one_way(sent))


def _not_one_way(sent: Mapping[str, Any]) -> Iterator[Mistake]:
    by_code = [sent.get(name) is not None for name in ("email", "otp")]
    if sent.get("reset_token") is None and not all(by_code):
        yield Mistake("required", gettext_noop("Send email and otp, or reset_token."))
    elif sent.get("reset_token") is not None and any(by_code):
        yield Mistake("invalid", gettext_noop("Send either email and otp, or reset_token: not both."))


class ChangePasswordIn(Judged):
    current_password: Password
    new_password: NewPassword

    @classmethod
    def judge(cls, sent: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[str | None, Mistake]]:
        return too_weak("new_password", right)


class ChangeEmailIn(In):
    new_email: Email
    current_password: Password


class ConfirmEmailIn(In):
    otp: Otp


class CloseAccountIn(In):
    current_password: Password


class ProfileIn(Patch):
    read_only: ClassVar[frozenset[str]] = In.read_only | {"email", "email_verified"}
    cleared: ClassVar[Mapping[str, object]] = {"metadata": None}

    first_name: FirstName | None = None
    last_name: LastName | None = None
    phone: Phone | None = None
    locale: Locale = "en"
    marketing_consent: bool = False
    metadata: MetadataPatch | None = None


class AddressIn(In):
    first_name: FirstName = ""
    last_name: LastName = ""
    company: Name = ""
    line1: Line1
    line2: Line2 = ""
    city: City = ""
    postal_code: PostalCode = ""
    state: Name = ""
    country: CountryOfAddress
    phone: PhoneOfAddress = ""
    is_default_shipping: bool = False
    is_default_billing: bool = False


class AddressChangeIn(Patch):
    first_name: FirstName | None = None
    last_name: LastName | None = None
    company: Name | None = None
    line1: Line1 = ""
    line2: Line2 | None = None
    city: City | None = None
    postal_code: PostalCode | None = None
    state: Name | None = None
    country: CountryOfAddress = ""
    phone: PhoneOfAddress | None = None
    is_default_shipping: bool = False
    is_default_billing: bool = False


class RegisteredOut(TypedDict):
    registration_token: Annotated[
        str, Field(description="Send it with the code: it proves that you started this registration.")
    ]
    expires_in: CodeLife
    resend_after: CodeGap


class AskedOut(TypedDict):
    expires_in: CodeLife
    resend_after: CodeGap


class ResetTicketOut(TypedDict):
    reset_token: str
    expires_in: Annotated[int, Field(description="Seconds until the reset token expires.")]


class UserOut(TypedDict):
    id: Annotated[str, Field(examples=["usr_01hzxk3v9q8m2n4p6r7s8t9v0w"])]
    email: str
    email_verified: bool
    first_name: str | None
    last_name: str | None
    phone: str | None
    locale: str
    marketing_consent: bool
    metadata: dict[str, str]
    version: int
    created_at: Time
    updated_at: Time


class TokensOut(TypedDict):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="Seconds until the access token expires.")]
    refresh_expires_in: Annotated[int, Field(description="Seconds until the refresh token expires, unless it is used.")]
    user: UserOut
    cart_id: str | None


class StaffOut(TypedDict):
    """A member of staff."""

    id: str
    email: str
    first_name: str | None
    last_name: str | None


class StaffTokensOut(TypedDict):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="Seconds until the access token expires.")]
    refresh_expires_in: Annotated[int, Field(description="Seconds until the refresh token expires, unless it is used.")]
    user: Annotated[StaffOut, Field(description="Who is logged in.")]
    permissions: Annotated[
        list[str],
        Field(description="The permission keys that this member of staff has, as in `x-permission`."),
    ]


class CustomerOut(TypedDict):
    """A customer as staff sees them."""

    id: str
    email: Annotated[str, Field(description="The email address; of a closed account one that reaches nobody.")]
    email_verified: bool
    first_name: str | None
    last_name: str | None
    phone: str | None
    locale: str
    marketing_consent: bool
    group: Annotated[str | None, Field(description="The code of the customer group; null for the default group.")]
    is_active: Annotated[bool, Field(description="Whether the customer can log in.")]
    metadata: dict[str, str]
    version: int
    created_at: Time
    updated_at: Time
    closed_at: Annotated[
        Time | None, Field(description="When the account was closed and its data erased; null for every other one.")
    ]


class SessionOut(TypedDict):
    id: str
    device_name: str | None
    user_agent: str | None
    ip: str | None
    is_current: bool
    version: int
    created_at: Time
    updated_at: Time
    last_seen_at: Time
    expires_at: Time


class AddressOut(TypedDict):
    id: str
    first_name: str | None
    last_name: str | None
    company: str | None
    line1: str
    line2: str | None
    city: str | None
    postal_code: str | None
    state: str | None
    country: str
    phone: str | None
    is_default_shipping: bool
    is_default_billing: bool
    version: int
    created_at: Time
    updated_at: Time
