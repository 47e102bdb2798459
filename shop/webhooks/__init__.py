"""Layer 8: endpoints of others and what was delivered to them."""
