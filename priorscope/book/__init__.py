"""The claims book: claims run one after the other into one folder, and judged from its rows."""
