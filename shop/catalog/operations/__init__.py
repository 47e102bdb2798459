"""The verbs of the catalogue, one module for each noun that they are about."""
