"""One file = one way in which new data become inputs: what a reader fitted on its training data."""
