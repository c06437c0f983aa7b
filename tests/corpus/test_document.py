from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Document

days = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9))


@given(days, days, days, days, st.dates(date(2024, 1, 1), date(2024, 1, 9)))
def test_a_document_is_in_force_from_its_first_day_to_its_last(
    effective_from: date | None,
    expires_on: date | None,
    serves_from: date | None,
    serves_until: date | None,
    as_of: date,
) -> None:
    document = Document(
        "d",
        "d.txt",
        "t",
        "t",
        "",
        effective_from=effective_from,
        expires_on=expires_on,
        serves_from=serves_from,
        serves_until=serves_until,
    )
    first, last = document.first_day or date.min, document.last_day or date.max
    assert document.in_force(as_of) == (first <= as_of <= last)
