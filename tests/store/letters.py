"""An encoder for tests: questions with the same characters point the same way."""

import hashlib

import numpy as np

WIDTH = 64


class Letters:
    """Unit vectors of characters, each thrown into one of `WIDTH` places."""

    def __init__(self):
        self.encoded = []

    def encode_queries(self, texts):
        self.encoded += texts
        made = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text.replace(" ", ""):
                made[row, hashlib.blake2b(letter.encode(), digest_size=2).digest()[0] % WIDTH] += 1
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
