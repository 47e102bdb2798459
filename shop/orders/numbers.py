"""Order numbers: short enough for the telephone, and by chance, so that they do not tell how many there are."""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10


def draw() -> str:
    """A number like K7MQ2-9XWTA; 32^10 of them, so that a clash is the constraint's affair."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"
