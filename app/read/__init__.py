"""Read: a question and its hits become `Readings`: which clauses answer, which sentences of them, and how sure that is."""

from app.read.calibration import Calibration, Signs, choosing, load_calibration
from app.read.passages import LEADS, Part, led_by, shown
from app.read.readings import Judges, Readers, Reading, Readings

__all__ = [
    "LEADS",
    "Calibration",
    "Judges",
    "Part",
    "Readers",
    "Reading",
    "Readings",
    "Signs",
    "choosing",
    "led_by",
    "load_calibration",
    "shown",
]
