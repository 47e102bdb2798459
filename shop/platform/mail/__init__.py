"""Mail: what a mail is, how it is sent, and where it lands in development."""

from shop.platform.mail.mails import Code, Link, Mail, Table, send

__all__ = ["Code", "Link", "Mail", "Table", "send"]
