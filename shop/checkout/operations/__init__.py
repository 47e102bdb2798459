"""The verbs of carts, one module for each noun that they are about."""
