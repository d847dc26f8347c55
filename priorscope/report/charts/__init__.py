"""Specifications of charts in Vega-Lite; the page and the exported figures share them."""
