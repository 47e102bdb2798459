"""What comes in about orders."""

from typing import Annotated

from pydantic import Field

from shop.platform.http.fields import In


class CancelIn(In):
    reason: Annotated[str, Field(max_length=300, examples=["Ordered by mistake."])] = ""
