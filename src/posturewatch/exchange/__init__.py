"""What leaves this computer by the user's wish and what is brought back: tables, archives, FHIR.

Trusts no file from elsewhere: bounded, checked whole, or refused with its place.
"""

__all__ = [
    "archive",
    "bring_back",
    "check_table",
    "csv_cells",
    "csv_tables",
    "day_files",
    "fhir",
    "manifest",
    "origin",
    "review",
    "share",
    "signing",
]
