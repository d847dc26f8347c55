"""The network and its files in Hugging Face's format."""
