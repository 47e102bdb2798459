"""The ASGI entry, in production form: without a strong SECRET_KEY and ALLOWED_HOSTS it does not start."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings")

application = get_asgi_application()
