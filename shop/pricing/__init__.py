"""Layer 4: price lists, prices and their history."""
