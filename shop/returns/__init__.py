"""Floor 7: returns and exchanges."""
