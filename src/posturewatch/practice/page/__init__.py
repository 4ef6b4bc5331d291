"""The worklist as one page that needs nothing but itself."""

__all__ = ["render"]
