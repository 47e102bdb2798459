"""The WSGI entry, in production form: without a strong SECRET_KEY and ALLOWED_HOSTS it does not start."""

import os

from shop.platform.http import entry
from shop.project import monitoring

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings")

monitoring.start()
application = entry.application()
