"""Where mail goes: EMAIL_URL, taken apart and checked."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

DJANGO = "django.core.mail.backends"
DEVELOPMENT = "shop.platform.mail.backends.Development"
EXAMPLE = "for example smtp://user:password@mail.example.com:587/?tls=true"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """What Django's EMAIL_… settings are made of."""

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    directory: str | None = None


def mail_server(url: str) -> MailServer:
    """What a URL says: smtp:// (with STARTTLS on port 587 or by ?tls=true), smtps://, console: or file:///directory.

    Empty means a mail server on this machine. Raises ValueError with a sentence that never repeats the password.
    """
    if not url:
        return MailServer(backend=f"{DJANGO}.smtp.EmailBackend")
    parts = urlsplit(url)
    match parts.scheme:
        case "console":
            return MailServer(backend=DEVELOPMENT)
        case "file":
            if not parts.path.strip("/") or parts.netloc:
                raise ValueError("EMAIL_URL names no directory: write it as file:///var/mail/shop.")
            return MailServer(backend=f"{DJANGO}.filebased.EmailBackend", directory=unquote(parts.path))
        case "smtp" | "smtps":
            return _smtp(url)
        case _:
            raise ValueError(f"EMAIL_URL must begin with smtp://, smtps://, console: or file:///, {EXAMPLE}.")


def _smtp(url: str) -> MailServer:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"EMAIL_URL has no valid port, {EXAMPLE}.") from None
    if not host:
        raise ValueError(f"EMAIL_URL names no host, {EXAMPLE}.")
    encrypted = parts.scheme == "smtps"
    port = port or (465 if encrypted else 25)
    return MailServer(
        backend=f"{DJANGO}.smtp.EmailBackend",
        host=host,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=encrypted,
        starttls=_starttls(parts.query, default=port == 587) and not encrypted,
    )


def _starttls(query: str, *, default: bool) -> bool:
    options = dict(parse_qsl(query, keep_blank_values=True))
    wanted = options.pop("tls", str(default)).lower()
    if options or wanted not in {"true", "false"}:
        raise ValueError("EMAIL_URL takes one option, ?tls=true or ?tls=false.")
    return wanted == "true"
