"""What `scripts/train_encoder.py` is made of: one file per step of the recipe."""
