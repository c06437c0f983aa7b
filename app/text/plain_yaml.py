"""YAML as people write it by hand: no aliases, few levels, and never a Python object. The only reader of YAML in the program.

An alias is worth a line of text and can stand for gigabytes as soon as somebody prints or walks what was read.
"""

from typing import Any

import yaml

MOST_LEVELS = 20
YamlError = yaml.YAMLError


class _Loader(yaml.SafeLoader):
    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._level = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias", mark)
        self._level += 1
        if self._level > MOST_LEVELS:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "too many levels", mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self._level -= 1


def read_yaml(text: str) -> Any:
    """What one YAML document says, in plain lists, mappings, texts, numbers and dates; None for a blank one.

    Raises:
        YamlError: it is no YAML, holds an alias or nests too deeply; `problem_mark` says where, if known.
        ValueError: a date or number that cannot be.
    """
    return yaml.load(text, Loader=_Loader)


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of one YAML document with their lines; None for a blank one. Raises as `read_yaml` does."""
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return node
