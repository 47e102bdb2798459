"""The refusals of promotions."""

from shop.kernel.errors import Conflict, Invalid
from shop.kernel.messages import gettext_noop


class CodeRefused(Invalid):
    """The discount code does not apply to this cart; `reason` has the reason."""

    code = "discount_code_refused"
    message = gettext_noop("This discount code can't be used here.")

    SENTENCES = {
        "unknown": gettext_noop("This discount code does not exist."),
        "not_started": gettext_noop("This discount code is not valid yet."),
        "expired": gettext_noop("This discount code is no longer valid."),
        "used_up": gettext_noop("This discount code has been used up."),
        "already_used": gettext_noop("You have already used this discount code."),
        "not_here": gettext_noop("This discount code is not valid here."),
    }

    def __init__(self, reason: str, *, field: str = "code") -> None:
        super().__init__(field=field, params={"reason": reason}, message=self.SENTENCES[reason])
        self.reason = reason


class CodeUsedUp(Conflict):
    """A concurrent request took the last use of the discount code."""

    code = "discount_code_used_up"
    message = gettext_noop("This discount code has just been used up.")


class AlreadyUsed(CodeUsedUp):
    """A concurrent order of the same customer has used the code."""
