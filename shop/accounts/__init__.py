"""Layer 2: people: users, one-time passwords, sessions, addresses."""
