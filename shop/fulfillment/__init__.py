"""Floor 7: shipments and tracking."""
