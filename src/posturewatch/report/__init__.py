"""The past and the present in sentences, tables and figures, in the user's language.

Reads no file and no clock; the material comes in, text or bytes go out.
"""

__all__ = ["day_words", "event_marks", "html", "material", "now_in_words", "pdf", "plan_words", "sentences", "words"]
