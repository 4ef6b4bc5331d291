"""Where nothing is true a report tells of next to nothing, whatever it could have told of."""

from __future__ import annotations

from named_journals import claims, flat, summary


def test_of_flat_journals_at_most_five_in_a_hundred_reports_tell_of_anything() -> None:
    """60 generated journals of eight weeks with one level, headaches by chance and reminders that change nothing, for
    change, hour, course of the day, reminders and headaches together (the measured rate may be two of its standard
    errors above the 5 in 100 that the method names)."""
    told = [tuple(claims(summary(flat(seed)))) for seed in range(60)]
    assert sum(map(bool, told)) <= 60 * (0.05 + 2 * (0.05 * 0.95 / 60) ** 0.5), told
