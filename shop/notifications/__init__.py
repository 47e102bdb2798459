"""Floor 8: mails that follow events."""
