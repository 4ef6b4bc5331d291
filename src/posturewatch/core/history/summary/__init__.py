"""What days and weeks come to: medians, bands, bouts, breaks, trends, with their coverage.

Says no words and hides no gap: what is missing is None, with the reason beside it.
"""

__all__ = ["change", "limits", "period", "records"]
