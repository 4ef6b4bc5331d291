"""What was measured and what happened, kept in one SQLite file.

Knows no summary, no words and no report; everything above reads it through ``reader``.
"""

__all__ = ["daily_files", "interface", "reader", "retention", "rows", "take_in", "writer"]
