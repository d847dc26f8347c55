"""From raw or labelled text to batches: corpus, masking, packing."""
