"""Layer 8: protocols for shopping agents, a skin over checkout."""
