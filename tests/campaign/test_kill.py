"""kill -9 of a real server in the middle of its work."""

from campaign.kill import campaign


def test_what_a_killed_server_answered_is_in_its_database():
    line, wrong = campaign(1, 1, rounds=1)
    assert wrong == [], line
    assert line.startswith("kill: kills 1, turns ")
    assert "turns 0" not in line
