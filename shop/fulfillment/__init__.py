"""Layer 4: shipments: what, from where, by whom, tracking."""
