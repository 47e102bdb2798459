"""Mail: what a letter is, how it is sent, and where it lands in development."""

from shop.platform.mail.letters import Code, Letter, send

__all__ = ["Code", "Letter", "send"]
