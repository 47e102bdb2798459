from shop.accounts.models.address import Address
from shop.accounts.models.group import CustomerGroup
from shop.accounts.models.one_time_password import OneTimePassword
from shop.accounts.models.pending import PendingEmail, PendingRegistration
from shop.accounts.models.session import RefreshToken, Session
from shop.accounts.models.user import LONGEST_EMAIL, User, email_key

__all__ = [
    "LONGEST_EMAIL",
    "Address",
    "CustomerGroup",
    "OneTimePassword",
    "PendingEmail",
    "PendingRegistration",
    "RefreshToken",
    "Session",
    "User",
    "email_key",
]
