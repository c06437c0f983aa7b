"""Retrieve: a question and a date become ranked `Hit`s."""

from app.retrieve.expansion import Expander
from app.retrieve.hit import Hit
from app.retrieve.query import Query
from app.retrieve.ranking import Weights
from app.retrieve.retriever import Retriever

__all__ = ["Expander", "Hit", "Query", "Retriever", "Weights"]
