"""The sensor process as the app sees it: started, asked with a deadline, ended.

Knows no picture and imports nothing of ``sensor``: only messages pass.
"""

__all__ = ["client", "interface", "observation_file", "window"]
