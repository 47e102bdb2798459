"""What promotions refuse."""

from shop.kernel.errors import Conflict, Invalid


class CodeRefused(Invalid):
    """This code can't be used here."""

    code = "discount_code_refused"

    SENTENCES = {
        "unknown": "There is no such code.",
        "not_started": "This code is not valid yet.",
        "expired": "This code is no longer valid.",
        "used_up": "This code has been used up.",
        "already_used": "You have used this code already.",
        "not_here": "This code is not valid here.",
    }

    def __init__(self, reason: str, *, field: str = "code") -> None:
        super().__init__(field=field, params={"reason": reason}, message=self.SENTENCES[reason])
        self.reason = reason


class CodeUsedUp(Conflict):
    """This code was used up a moment ago."""

    code = "discount_code_used_up"


class AlreadyUsed(CodeUsedUp):
    """This code was used up a moment ago."""
