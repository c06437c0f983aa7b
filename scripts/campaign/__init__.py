"""Attacks on the product, each with what must hold afterwards."""
