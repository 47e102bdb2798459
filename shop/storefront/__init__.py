"""Layer 8: browsing and searching the catalog."""
