"""Embed: strings become unit vectors. `Encoder.open` is the front door."""

from app.embed.cache import CachedEncoder, forget_others
from app.embed.encoder import Encoder, TokenVectors
from app.embed.static import Vectors

__all__ = ["CachedEncoder", "Encoder", "TokenVectors", "Vectors", "forget_others"]
