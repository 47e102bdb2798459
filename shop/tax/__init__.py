"""Layer 4: tax classes and rates."""
