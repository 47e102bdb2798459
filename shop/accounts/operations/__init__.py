"""The verbs of accounts, one module for each noun that they are about."""
