"""The HTTP toolkit of the shop: the API's middleware, its routers, and the envelope that they answer in."""
