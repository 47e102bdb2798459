"""Floor 4: rules, codes and redemptions."""
