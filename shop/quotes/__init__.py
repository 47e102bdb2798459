"""Layer 5: the pure calculation of every total. No tables."""
