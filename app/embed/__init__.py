"""Embed: strings become unit vectors. `Encoder.open` is the front door."""

from app.embed.encoder import Encoder, TokenVectors
from app.embed.static import Vectors

__all__ = ["Encoder", "TokenVectors", "Vectors"]
