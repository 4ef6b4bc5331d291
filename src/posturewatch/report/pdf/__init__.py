"""The report on paper, the same bytes for the same material.

Knows nothing that the page does not say too.
"""

__all__ = ["charts", "day_charts", "document", "text"]
