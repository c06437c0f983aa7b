"""政问 (Zhengwen): ask about a Chinese policy text, get the clauses that answer, word for word.

Rooms, in the only direction in which they may import one another:
errors · settings · text → corpus → embed → index → retrieve → answer → converse → web · main.
"""

__version__ = "0.1.0"
