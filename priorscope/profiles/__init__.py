"""Profiles: the measures of several networks on the same data, side by side."""
