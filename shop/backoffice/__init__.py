"""Layer 9: the admin's pages that need more than one app: product, order, dashboard, theme."""
