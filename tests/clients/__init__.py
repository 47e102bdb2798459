"""Clients that strangers' generators make of the OpenAPI document, used to buy something."""
