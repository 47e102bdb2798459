"""Layer 4: bills, payments, refunds; gateways behind a port."""
