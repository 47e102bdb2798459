"""The shop: a headless e-commerce API. ARCHITECTURE.md draws the layers."""
