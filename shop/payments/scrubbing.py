"""What the secrets of payment providers look like, so that no log has them."""

from shop.platform.scrub import add_shape

add_shape(r"([sr]k_(?:live|test))_[\w-]{8,}")  # keys of an account
add_shape(r"(pi|seti)_[A-Za-z0-9]+_secret_[\w-]+")  # client secrets
