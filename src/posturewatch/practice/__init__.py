"""Many patients' shared files in one lake on this computer, and what a practice asks of it.

Works without camera and server; knows no more of a person than what they shared and what the practice calls them.
"""

__all__ = [
    "audit",
    "deidentified",
    "engines",
    "groups",
    "intake",
    "lake",
    "ndjson",
    "one_patient",
    "page_server",
    "register",
    "worklist",
    "worklist_page",
]
