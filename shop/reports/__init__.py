"""Floor 8: figures, exports, aggregates."""
