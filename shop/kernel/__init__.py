"""Layer 0: plain Python that knows neither Django nor HTTP: money, errors, ids, states, pages."""
