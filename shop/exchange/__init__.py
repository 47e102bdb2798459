"""Layer 8: importing product files, and the demo shop."""
