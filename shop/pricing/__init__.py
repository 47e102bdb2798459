"""Layer 4: price lists and what a variant costs whom, when."""
