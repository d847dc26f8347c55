"""BERT from raw text to answers: the network, its data, its training."""
