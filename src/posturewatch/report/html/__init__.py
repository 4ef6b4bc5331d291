"""The report as one page that needs no network.

Trusts no text: what the user typed is escaped where it is put in.
"""

__all__ = ["markup", "page", "present", "shell"]
