"""What comes in about orders."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shop.accounts.fields import Otp, Reason
from shop.platform.http.fields import In


class CancelIn(In):
    reason: Reason = ""


class ConfirmEmailIn(In):
    otp: Otp


class OrderCodeOut(TypedDict):
    expires_in: Annotated[int, Field(description="Seconds until the code expires.")]
    resend_after: Annotated[int, Field(description="Seconds until another code can be requested.")]
