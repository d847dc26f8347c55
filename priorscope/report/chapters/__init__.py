"""The parts of the page: ONE FILE = ONE CHAPTER, found by listing this folder."""
