"""One file = one kind of file or folder that is read."""
