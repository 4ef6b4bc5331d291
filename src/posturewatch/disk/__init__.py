"""The user's own folders and what holds for every file in them: private, and whole or not at all.

Knows no file's content.
"""

__all__ = [
    "camera_password",
    "files",
    "folders",
    "in_place",
    "instance",
    "log_file",
    "refusals",
    "shredding",
    "system_keyring",
]
