"""Layer 8: browsing and search over the read model."""
