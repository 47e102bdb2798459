"""The shop with one route more, which reads nothing: the cost of middleware, precheck, router and envelope."""

import django

django.setup()

from typing_extensions import TypedDict  # noqa: E402 Django has to be set up before the routers are built

from shop.platform.http.context import Request  # noqa: E402
from shop.platform.http.envelope import Answer  # noqa: E402
from shop.platform.http.router import Router  # noqa: E402
from shop.project.api import api  # noqa: E402

router = Router(tag="Bench")


class OkOut(TypedDict):
    ok: bool


@router.get("/bench", id="readNothing")
def read_nothing(request: Request) -> Answer[OkOut]:
    """Read nothing."""
    return Answer(data={"ok": True}, message="Here.")


api.add_router("", router.ninja)

from shop.project.wsgi import application  # noqa: E402 which reads the routers

__all__ = ["application"]
