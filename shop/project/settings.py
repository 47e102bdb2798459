"""Django's settings: no logic but reading `env`. Ours are grouped in `SHOP`."""

from datetime import timedelta
from email.utils import parseaddr

import dj_database_url

from shop.accounts.settings import AccountsSettings
from shop.backoffice.theme import UNFOLD as UNFOLD
from shop.catalog.settings import CatalogSettings
from shop.checkout.settings import CheckoutSettings
from shop.inventory.settings import InventorySettings
from shop.orders.settings import OrdersSettings
from shop.payments.settings import PaymentsSettings
from shop.platform.http import bundles
from shop.platform.links import parsed_templates
from shop.platform.settings import ShopSettings
from shop.project.env import ROOT, VAR, env, secret_key
from shop.project.mail import mail_server

DEBUG = env().debug
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env().secret_key_fallbacks
ALLOWED_HOSTS = env().allowed_hosts or ["localhost", "127.0.0.1", "[::1]"]
RESEND_AFTER = env().otp_resend_after

SHOP = ShopSettings(
    base_url=env().website,
    cors_origins=frozenset(env().cors_origins)
    | (frozenset({"http://localhost:3000", "http://localhost:5173"}) if DEBUG else frozenset()),
    cors_loopback=DEBUG,
    trusted_proxies=env().trusted_proxies,
    client_ip_header=env().client_ip_header,
    redis_url=env().redis_url,
    slow_reads=env().slow_reads,
    slow_bodies=env().slow_bodies,
    processes=VAR / "processes",
    metrics_token=env().metrics_token,
    limits_on=env().limits,
    limits=dict(each.split("=") for each in env().limit_quotas),
    mailbox=VAR / "mailbox" if DEBUG else None,
    security_contact=env().security_contact or f"mailto:{parseaddr(env().email_from)[1]}",
    authenticator="shop.accounts.credentials.authenticate",
    permission_keys="shop.project.permissions.KEYS",
    market_gaps="shop.project.markets.missing",
    store_gaps="shop.backoffice.gaps.missing",
    shop_name="shop.stores.queries.name",
    storefront_urls=parsed_templates(env().storefront_urls),
    guards="shop.project.guards.REFUSALS",
    upgrade_steps="shop.project.upgrade.STEPS",
    outbound_to_loopback=DEBUG and env().outbound_to_loopback,
)
ACCOUNTS = AccountsSettings(
    require_email_verification=env().require_email_verification,
    otp_resend_after=timedelta(seconds=RESEND_AFTER if RESEND_AFTER is not None else 0 if DEBUG else 30),
)
CATALOG = CatalogSettings(picture_side=env().picture_side)
INVENTORY = InventorySettings(provisional_stock_percent=env().provisional_stock_percent)
PAYMENTS = PaymentsSettings(
    gateways=tuple(env().payment_gateways) or PaymentsSettings.gateways,
    credentials=env().payment_credentials,
    test_mode=DEBUG or env().payments_test_mode,
)
ORDERS = OrdersSettings(
    unpaid_for=timedelta(hours=env().unpaid_order_hours),
    unconfirmed_for=timedelta(hours=env().unconfirmed_order_hours),
)
CHECKOUT = CheckoutSettings(
    most_unpaid_orders=env().unpaid_orders_max, most_waiting_payments=env().waiting_payments_max
)

INSTALLED_APPS = [
    "shop.stores",
    "shop.accounts",
    "shop.catalog",
    "shop.pricing",
    "shop.inventory",
    "shop.promotions",
    "shop.shipping",
    "shop.tax",
    "shop.payments",
    *(["shop.payments.test_gateway"] if PAYMENTS.test_mode else []),
    "shop.orders",
    "shop.checkout",
    "shop.storefront",
    "shop.notifications",
    "shop.exchange",
    "shop.backoffice.apps.BackofficeConfig",
    "shop.platform",  # before Django's staticfiles: its runserver starts the worker too
    "unfold.apps.BasicAppConfig",
    "shop.backoffice.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_linear_migrations",
]

MIDDLEWARE = [  # the API passes what stands down to ApiMiddleware, which answers it; the others are for pages
    "shop.platform.http.middleware.ApiMiddleware",
    "shop.platform.http.pages.Security",
    "shop.platform.http.pages.Text",
    "shop.platform.http.pages.Bounded",
    "shop.platform.http.pages.Static",
    "shop.platform.http.pages.Sessions",
    "shop.platform.http.pages.Common",
    "shop.platform.http.pages.Csrf",
    "shop.platform.http.pages.Authentication",
    "shop.platform.http.pages.Messages",
    "shop.platform.http.pages.ClickJacking",
    "shop.platform.http.pages.Database",
]

API_MIDDLEWARE = env().api_middleware

ROOT_URLCONF = "shop.project.urls"
WSGI_APPLICATION = "shop.project.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.parse(env().database_url, conn_max_age=None, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR.mkdir(exist_ok=True)
    DATABASES["default"]["ENGINE"] = "shop.platform.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864;",
    }
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}  # a file, so that threads share it
else:  # what a command does may take long: migrations, imports, counting all stock
    # jit: compiling a statement takes longer than a shop's statements run
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c jit=off -c lock_timeout=2s -c statement_timeout=0 -c idle_in_transaction_session_timeout=10min"
    )
DATABASE_LIMITS = {
    "server": "-c jit=off -c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=20s",
    "worker": "-c jit=off -c lock_timeout=2s -c statement_timeout=60s -c idle_in_transaction_session_timeout=20s",
}
"""What PostgreSQL is told by the processes that are always there, instead of a command's."""

TASKS = {"default": {"BACKEND": "shop.platform.jobs.JobBackend", "QUEUES": ["mail", "default", "bulk"]}}
"""The most urgent queue first: shop.platform.worker_pool. `bulk` is what takes long, such as images."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["shop.accounts.backends.LimitedBackend"]
OLD_HASHERS = (
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
)
PASSWORD_HASHERS = [
    "shop.accounts.passwords.Argon2id",
    *(OLD_HASHERS if env().accept_old_password_hashes else ()),
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "shop.accounts.passwords.Length"},
    {"NAME": "shop.accounts.passwords.Visible"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "shop.accounts.passwords.OwnData"},
    {"NAME": "shop.accounts.passwords.ShopsName"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # those that the shop's own messages exist in, completely
LOCALE_PATHS = [ROOT / "shop" / "locale"]
FORMAT_MODULE_PATH = "shop.project.formats"
TIME_ZONE = "UTC"  # the admin's pages are in the store's
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [("ninja", bundles.folder())]  # Swagger UI and ReDoc; the app itself is not installed
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "shop.platform.http.assets.Hashed"
    },
}
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"

MAIL = mail_server(env().email_url or ("console:" if DEBUG else ""))
EMAIL_BACKEND, EMAIL_FILE_PATH = MAIL.backend, MAIL.directory
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.host, MAIL.port, MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = MAIL.starttls, MAIL.tls, 10
DEFAULT_FROM_EMAIL = env().email_from

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_PROXY_SSL_HEADER = (
    (f"HTTP_{env().client_scheme_header.upper()}", "https")
    if env().client_scheme_header
    else ("HTTP_X_FORWARDED_PROTO", "https")
    if env().trusted_proxies and not env().client_ip_header
    else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "shop.platform.http.home.foreign_form"

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [  # these look for Django's middleware by name; pages.py has subclasses of it
    "security.W001",
    "security.W002",
    "security.W003",
]

LOGGING_CONFIG = "shop.platform.logs.configure"
LOGGING = {"level": env().log_level, "json": not DEBUG}
