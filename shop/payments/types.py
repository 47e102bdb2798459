"""What payments tell other apps."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to pay. With an `offline` one the order is placed unpaid, and somebody notes when the money has come."""

    code: str
    name: str
    kind: Literal["card", "redirect", "offline"]
    provider: str
    publishable_key: str | None = None
    supports_saving: bool = False
    is_test: bool = False
