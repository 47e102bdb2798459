from dataclasses import replace

from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as Runserver
from django.core.management.base import CommandParser

from shop.platform.connections import limit_to
from shop.platform.management.commands.start import website
from shop.platform.settings import ShopSettings, shop_settings
from shop.platform.worker_pool import WorkerPool


class Command(Runserver):
    """Django's development server with the background worker inside, so that one command runs the shop."""

    addr: str

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--no-worker", action="store_true", help="Don't do background jobs in this process.")

    def inner_run(self, *args: object, **options: object) -> None:
        """Serves; the autoreloader calls this only in the process that does."""
        self.works = not options["no_worker"]
        limit_to("server")
        super().inner_run(*args, **options)

    def on_bind(self, server_port: int) -> None:
        """The port is ours: the worker starts, and one line says what is where."""
        super().on_bind(server_port)
        if shop_settings().base_url == ShopSettings.base_url:  # nobody has said where clients reach the shop
            settings.SHOP = replace(shop_settings(), base_url=website(self.addr, int(server_port)))
        if self.works:
            WorkerPool().start()
        worker = "Background jobs run in this process." if self.works else "No background jobs here."
        pages = ["/swagger/", "/admin/", *(["/dev/mailbox/"] if settings.DEBUG and shop_settings().mailbox else [])]
        address = f"{self.protocol}://{f'[{self.addr}]' if ':' in self.addr else self.addr}:{server_port}"
        self.stdout.write(f"{worker} Open {', '.join(address + page for page in pages)}")
