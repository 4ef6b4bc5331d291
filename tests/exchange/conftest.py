"""What is exchanged is made of the report's generated weeks."""

from report.conftest import _english, material, twelve_weeks

__all__ = ["_english", "material", "twelve_weeks"]
