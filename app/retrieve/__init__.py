"""Retrieve: a question and a date become ranked `Hit`s."""

from app.retrieve.hit import Hit
from app.retrieve.ranking import Weights
from app.retrieve.retriever import Retriever

__all__ = ["Hit", "Retriever", "Weights"]
