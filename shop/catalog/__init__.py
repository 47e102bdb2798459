"""Floor 3: products, variants, options, categories, media."""
