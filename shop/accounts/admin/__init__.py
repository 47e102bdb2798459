"""The admin's pages of accounts: people and what is theirs, and the groups of customers."""

from shop.accounts.admin import customer_groups, people

__all__ = ["customer_groups", "people"]
