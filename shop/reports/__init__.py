"""Layer 8: figures, exports, aggregates."""
