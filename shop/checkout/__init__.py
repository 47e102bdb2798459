"""Layer 7: carts, and completing a cart into an order."""
