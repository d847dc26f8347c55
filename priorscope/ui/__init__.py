"""A local page where results live together: past comparisons, new ones, live curves, two at once.

library: comparisons in the folder. jobs: processes that do them. watch, live: the results so far.
place, uploads, inspection: data that are handed over.
"""
