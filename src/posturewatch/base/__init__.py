"""What every room may know: records, settings, errors, words, the clock, and how our processes talk.

Knows nothing of the rooms above it: no journal, no camera, no window.
"""

__all__ = [
    "check",
    "child",
    "clock",
    "codec",
    "errors",
    "i18n",
    "inbox",
    "observation",
    "pictures",
    "quantities",
    "records",
    "settings",
    "source_names",
    "wording",
    "zip_directory",
]
