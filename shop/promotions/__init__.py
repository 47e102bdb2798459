"""Layer 4: promotions, discount codes and redemptions."""
