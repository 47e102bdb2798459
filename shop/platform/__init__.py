"""Layer 1: Django made ours: envelope, routers, limits, idempotency, jobs, mail."""
