"""From estimates to one self-contained page; one file = one section."""
