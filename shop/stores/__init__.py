"""Layer 2: the one store of this installation, its markets and its settings."""
