"""Layer 6: orders as copies of what was agreed."""
