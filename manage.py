#!/usr/bin/env python
"""The command line of the shop, in development unless the environment says otherwise."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - even Python 2 reads this file, for whoever starts it with an older one
    sys.exit("The shop needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info[:2]))

import os
from pathlib import Path


def main():  # type: () -> None
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings")
    try:
        from django.core.management import execute_from_command_line
        from dotenv import dotenv_values

        from shop.project.monitoring import start as start_monitoring
    except ImportError:
        sys.exit("Django is not installed here. Run: pip install -r requirements.txt")
    said = dict(dotenv_values(Path(__file__).with_name(".env")), **os.environ)
    if not said.get("SECRET_KEY"):  # whoever brings a key is in production and says the rest too
        os.environ.setdefault("DEBUG", said.get("DEBUG") or "true")
    start_monitoring()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
