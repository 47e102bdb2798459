"""How often carts may be used by one client address."""

from shop.platform.limits import Policy

OPENED = Policy("carts", 60, 60)
WRITES = Policy("cart-writes", 300, 60)
READS = Policy("cart-reads", 3000, 60)
"""Wide: a storefront that renders on its server reads for all of its shoppers."""
COMPLETES = Policy("complete", 30, 60)
ORDER_MAILS_PER_ADDRESS = Policy("order-mails-address", 5, 60 * 60, strict=True)
"""Orders that are placed without money under an address that nobody has confirmed: each is a mail or two to it."""
ORDER_MAILS_PER_IP = Policy("order-mails-ip", 20, 60 * 60, strict=True)
REFUSED_CODES_PER_CART = Policy("codes-cart", 10, 60 * 60, strict=True)
REFUSED_CODES_PER_IP = Policy("codes-ip", 30, 60 * 60, strict=True)
DECLINES_PER_CART = Policy("declines-cart", 5, 24 * 60 * 60, strict=True)
DECLINES_PER_ADDRESS = Policy("declines-address", 10, 60 * 60, strict=True)
DECLINES_PER_IP = Policy("declines-ip", 20, 60 * 60, strict=True)
