"""The HTTP toolkit of the shop: the gate for every request, the routers behind it, the envelope they answer in."""
