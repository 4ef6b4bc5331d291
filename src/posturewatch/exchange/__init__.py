"""What leaves this computer by the user's wish and what is brought back: tables, archives, FHIR.

Trusts no file from elsewhere: bounded, checked whole, or refused with its place.
"""

__all__ = ["archive", "bring_back", "day_files", "fhir", "origin", "review", "share", "signing"]
