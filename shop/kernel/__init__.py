"""Layer 0: plain Python without Django or HTTP: money, errors, ids, states, pages."""
