"""The demo shop: a catalogue of the project's own making, people, and orders that were really placed."""
