"""Minutes, days and weeks in numbers, and the headache diary.

Knows no database and no page; rows come in, records of numbers go out.
"""

__all__ = [
    "adherence",
    "checks",
    "day_figures",
    "diary",
    "journal_content",
    "minute_book",
    "minute_table",
    "minutes",
    "outcomes",
    "packed_minutes",
    "quantiles",
    "stored_minutes",
    "summary",
]
