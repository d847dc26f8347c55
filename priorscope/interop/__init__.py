"""Other libraries' names for our tensors and settings: plain dicts in, plain dicts out."""
