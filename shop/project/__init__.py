"""Floor 9: the roof: settings, URLs, servers."""
