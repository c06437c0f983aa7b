"""What `scripts/benchmark.py` compares and plots: other search libraries on the same chunks, and growing corpora."""
