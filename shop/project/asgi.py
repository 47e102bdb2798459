"""The ASGI entry, in production form: without a strong SECRET_KEY and ALLOWED_HOSTS it does not start."""

import os

from shop.platform.http import entry_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings")

application = entry_async.application()
