"""The parts of the page: ONE FILE = ONE SECTION, found by listing this folder."""
