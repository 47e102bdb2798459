"""The demo shop: a catalog of the project's own, customers, and orders that go through the real checkout."""
