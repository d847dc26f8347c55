"""Vision transformers: the network, its sizes, and its files in other libraries' formats."""
