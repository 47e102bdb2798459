"""Layer 7: carts and the great verb that turns one into an order."""
