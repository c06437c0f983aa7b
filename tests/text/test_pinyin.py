from hypothesis import given
from hypothesis import strategies as st

from app.text import finals, loose_sounds, sounds


def test_a_character_sounds_without_its_tone() -> None:
    assert sounds("贴") == sounds("帖") == {"tie"}
    assert {"xing", "hang"} == sounds("行")


def test_readings_of_names_and_old_books_are_left_out() -> None:
    assert sounds("台") == {"tai"}


def test_near_sounds_are_one_loosely() -> None:
    assert loose_sounds("赁") & loose_sounds("令")
    assert loose_sounds("资") & loose_sounds("知")


def test_finals_are_what_follows_the_initial() -> None:
    assert finals("翼") & finals("冀") == {"i"}
    assert finals("实") == {"i"}


@given(st.characters())
def test_every_character_sounds_like_something_or_like_itself(character: str) -> None:
    assert sounds(character)
    assert loose_sounds(character)
    assert finals(character)
