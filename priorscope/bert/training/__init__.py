"""Pre-training, fine-tuning and prediction."""
