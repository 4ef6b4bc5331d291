"""Days and diary as a FHIR bundle.

Names nobody, and makes up nothing that is missing.
"""

__all__ = ["bundle", "choice"]
