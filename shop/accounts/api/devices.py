"""The device that a login comes from."""

from shop.accounts.operations.sessions import Device
from shop.platform.http.context import Request


def device_of(request: Request, *, name: str) -> Device:
    """The device, by the name that the client gives it, its user agent and its address."""
    agent = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))
    return Device(name=name, user_agent=agent, ip=request.context.ip)
