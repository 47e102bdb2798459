"""Layer 5: the pure calculation of totals. No tables."""
