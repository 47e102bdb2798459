"""Layer 5: saving whole products with their prices and stock. No tables."""
