"""Layer 1: Django made ours: envelope, doors, limits, idempotency, jobs, mail."""
