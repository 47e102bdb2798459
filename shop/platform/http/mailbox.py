"""The mailbox of development: what the shop has mailed, read as its receiver reads it.

It exists with DEBUG only, and only for whoever sits at this machine.
"""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shop.platform.http.language import translated
from shop.platform.mail.mailbox import Kept, Mailbox
from shop.platform.settings import shop_settings

P = ParamSpec("P")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def is_for(request: HttpRequest) -> bool:
    """Whether there is a mailbox and the request comes from this machine, not through a proxy on it."""
    return (
        shop_settings().mailbox is not None
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(header in request.META for header in FORWARDED)
    )


def _is_loopback(address: str) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return peer.is_loopback


def _at_this_machine(
    view: Callable[Concatenate[HttpRequest, Mailbox, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the mailbox; where there is none for the caller, it does not exist."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        directory = shop_settings().mailbox
        if directory is None or not is_for(request):
            raise Http404
        return view(request, Mailbox(directory), *args, **kwargs)

    return guarded


@_at_this_machine
@require_safe
def index(request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
    """The mails, the newest of them open."""
    mails = list(mailbox)
    return _show(request, mails, mails[0] if mails else None)


@_at_this_machine
@require_safe
def mail(request: HttpRequest, mailbox: Mailbox, name: str) -> HttpResponse:
    """One mail open."""
    return _show(request, list(mailbox), _found(mailbox, name))


@_at_this_machine
@require_safe
def download(request: HttpRequest, mailbox: Mailbox, name: str) -> HttpResponse:
    """The mail as a file, to open in a mail program."""
    found = _found(mailbox, name)
    return HttpResponse(
        found.raw,
        content_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{found.name}.eml"'},
    )


@_at_this_machine
@require_POST
def clear(request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
    """No mail is left."""
    mailbox.clear()
    return HttpResponseRedirect(reverse("mailbox"))


def _found(mailbox: Mailbox, name: str) -> Kept:
    found = mailbox.find(name)
    if found is None:
        raise Http404
    return found


@translated
def _show(request: HttpRequest, mails: list[Kept], opened: Kept | None) -> HttpResponse:
    return render(request, "shop/mailbox.html", {"mails": mails, "opened": opened})
