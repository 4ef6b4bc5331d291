"""What every package may know: records, settings, errors, words, the clock, and how our processes talk.

Knows nothing of the packages that use it: no journal, no camera, no window.
"""

__all__ = [
    "child",
    "clock",
    "codec",
    "errors",
    "finding",
    "folding",
    "framing",
    "i18n",
    "inbox",
    "load",
    "loop_commands",
    "memory",
    "movement",
    "movement_words",
    "observation",
    "outside",
    "pictures",
    "plan",
    "private_process",
    "quantities",
    "records",
    "setting_values",
    "settings",
    "shell",
    "source_names",
    "system_packages",
    "wording",
    "zip_directory",
    "zones",
]
