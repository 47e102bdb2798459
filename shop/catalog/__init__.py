"""Layer 3: products, variants, options, categories, media."""
