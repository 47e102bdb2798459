"""Mail: what a letter is, how it is sent, and where it lands in development."""

from shop.platform.mail.letters import Code, Letter, Link, Table, send

__all__ = ["Code", "Letter", "Link", "Table", "send"]
