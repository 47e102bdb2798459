"""Layer 8: mails that follow events."""
