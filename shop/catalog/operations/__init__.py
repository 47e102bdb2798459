"""The operations of the catalog, one module for each model that they write."""
