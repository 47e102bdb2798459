"""Layer 5: whole products with their prices and stock, written in one go. No tables."""
