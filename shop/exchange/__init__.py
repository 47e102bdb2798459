"""Layer 8: whole catalogues in and out of files, and the demo shop."""
