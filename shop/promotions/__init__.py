"""Layer 4: rules, codes and redemptions."""
