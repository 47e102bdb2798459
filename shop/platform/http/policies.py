"""What a browser may do with an answer: one content security policy for each kind of page, no foreign host in any."""

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

HOME = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

DOCS = (  # both bundles write style elements; ReDoc searches in a worker made of a blob
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

MAILBOX = (  # a mail's frame inherits it: its styles are inline, its pictures can't call home
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

ADMIN = (  # unfold's Alpine evaluates expressions that stand in attributes; no page has a script of its own
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)

DEBUGGING = (  # Django's own pages on errors in development
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

BY_PREFIX = (("/swagger", DOCS), ("/redoc", DOCS), ("/docs/", HOME), ("/admin/", ADMIN), ("/dev/mailbox/", MAILBOX))


def policy(path: str) -> str:
    """The content security policy of what is at a path. What is not known as a page may do nothing."""
    if path == "/":
        return HOME
    return next((value for prefix, value in BY_PREFIX if path.startswith(prefix)), NOTHING)


def isolation(path: str) -> str:
    """Who may embed what is at a path: pictures of products are shown by storefronts of other origins."""
    return "cross-origin" if path.startswith("/media/") else "same-origin"
