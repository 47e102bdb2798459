"""Layer 4: stock levels, holds and movements."""
