"""Layer 10: the composition root: settings, URLs, servers."""
