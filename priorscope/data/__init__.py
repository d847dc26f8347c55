"""From what a user points at to examples: which reader, cleaning, splits."""
