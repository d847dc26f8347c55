"""From raw text to token ids, masked targets and batches without padding."""
