"""How times and numbers are written on pages, by language."""
