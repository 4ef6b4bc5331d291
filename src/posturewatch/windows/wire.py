"""The window's end of the conversation with the app: JSON lines on stdin and stdout.

The end of stdin means that the app has gone or wants the window closed; either way the window closes.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from posturewatch.i18n import set_language

CLOSE: Final = "close"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the app."""

    kind: str
    values: Mapping[str, Any]


class Wire:
    """Talks to the app. Made once, at the start of the window's process."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Heard] = queue.SimpleQueue()

    def first(self) -> Mapping[str, Any]:
        """Wait for what to show; sets the language. Ends the process when nothing comes."""
        heard = _parse(sys.stdin.readline())
        if heard is None or heard.kind != "show":
            raise SystemExit(2)
        set_language(str(heard.values.get("language", "auto")))
        threading.Thread(target=self._read, name="wire", daemon=True).start()
        payload = heard.values.get("payload")
        return payload if isinstance(payload, dict) else {}

    def heard(self) -> Heard | None:
        """The next message of the app, if one is there; kind ``close`` when it has hung up."""
        try:
            return self._queue.get_nowait()
        except queue.Empty:
            return None

    def say(self, kind: str, **values: Any) -> None:
        """Tell the app something; an app that is gone does not hear it."""
        try:
            sys.stdout.write(json.dumps({"kind": kind, **values}) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            self._queue.put(Heard(CLOSE, {}))

    def _read(self) -> None:
        for line in sys.stdin:
            heard = _parse(line)
            if heard is not None:
                self._queue.put(heard)
        self._queue.put(Heard(CLOSE, {}))


def _parse(line: str) -> Heard | None:
    try:
        values = json.loads(line)
    except ValueError:
        return None
    if not isinstance(values, dict) or not isinstance(values.get("kind"), str):
        return None
    return Heard(values["kind"], values)
