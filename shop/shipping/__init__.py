"""Layer 4: zones, methods and rates."""
