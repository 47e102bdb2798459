"""Layer 1: shared HTTP, jobs, mail and limits on top of Django."""
