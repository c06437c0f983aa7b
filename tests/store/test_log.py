"""SQLite's log beside a reader that stays."""

from sqlalchemy import text

from app.store.database import LOG_KEPT, Database


def test_what_the_log_grew_to_beside_a_standing_reader_is_given_back(tmp_path):
    file = tmp_path / "store.sqlite3"
    log = tmp_path / "store.sqlite3-wal"
    database = Database(f"sqlite:///{file}")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE filled (words BLOB)"))
    with database.reading() as reader:
        reader.execute(text("SELECT count(*) FROM filled")).scalar()
        for _ in range(4):
            with database.writing() as connection:
                connection.execute(
                    text("INSERT INTO filled VALUES (zeroblob(:size))"), {"size": LOG_KEPT // 2}
                )
        assert log.stat().st_size > LOG_KEPT
    for _ in range(3):
        with database.writing() as connection:
            connection.execute(text("INSERT INTO filled VALUES (zeroblob(5000000))"))
    assert log.stat().st_size <= LOG_KEPT
    database.close()
