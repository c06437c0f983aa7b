"""Retrieve: a question and a date become ranked `Hit`s."""

from app.retrieve.hit import Hit

__all__ = ["Hit"]
