"""From rows to estimates with intervals; nothing here needs torch."""
