"""Floor 4: tax classes and rates."""
