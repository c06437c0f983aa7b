"""Training the reader: what it reads, the model, and the loop."""
