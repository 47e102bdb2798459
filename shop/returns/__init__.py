"""Layer 7: returns and exchanges."""
