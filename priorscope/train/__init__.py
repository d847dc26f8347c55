"""Optimisation of networks: one, many at once, pre-training, fine-tuning."""
