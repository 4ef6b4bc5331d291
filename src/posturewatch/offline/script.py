"""What happens around a replayed recording: a meeting, a lock, a button pressed. A text file, a scene a line:

    0:05:00 call on          # call, lock, suspend, lid, full_screen, dnd, battery: on or off
    0:20:00 idle 300         # seconds since the last input, or off
    0:30:00 sleep 3600       # the computer sleeps for so many seconds
    0:40:00 pause 1800       # seconds, tomorrow, or nothing
    0:45:00 resume           # resume, break, postpone, skip, worse (the exercise made it so), snooze, quit

Times are hours:minutes:seconds of media time; ``#`` begins a remark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import TOMORROW, Command, CommandKind
from posturewatch.base.records import Courtesy
from posturewatch.disk.files import read_file
from posturewatch.offline.media import MediaClock

_FACTS: Final = {
    "call": "in_call",
    "lock": "locked",
    "suspend": "suspended",
    "lid": "lid_closed",
    "full_screen": "full_screen",
    "dnd": "do_not_disturb",
    "battery": "on_battery",
}
_COMMANDS: Final = {
    "resume": CommandKind.RESUME,
    "break": CommandKind.BREAK_NOW,
    "postpone": CommandKind.BREAK_POSTPONE,
    "skip": CommandKind.BREAK_SKIP,
    "worse": CommandKind.EXERCISE_WORSE,
    "snooze": CommandKind.SNOOZE,
    "pause": CommandKind.PAUSE,
    "quit": CommandKind.QUIT,
}
_SWITCH: Final = {"on": True, "off": False}


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line: at which media time, what, and its value as written."""

    at_s: float
    what: str
    value: str = ""


def read_scenes(path: Path) -> tuple[ScriptLine, ...]:
    """The scenes of a file, in order of time; raises UsageError with the line."""
    try:
        lines = read_file(path).decode().splitlines()
    except (OSError, ValueError) as err:
        raise UsageError(_("{path} cannot be read as text.").format(path=path)) from err
    scenes = []
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        scene = _scene(words)
        if scene is None:
            raise UsageError(
                _("{path}, line {line}: {text} is no scene.").format(path=path, line=number, text=line.strip()),
                _("Write a time, what happens and a value, such as: 0:05:00 call on"),
            )
        scenes.append(scene)
    return tuple(sorted(scenes, key=lambda scene: scene.at_s))


def _scene(words: list[str]) -> ScriptLine | None:
    parts = words[0].split(":")
    if not 1 <= len(parts) <= 3 or not all(map(_is_count, parts)) or len(words) not in (2, 3):
        return None
    at_s = 0.0
    for part in parts:
        at_s = at_s * 60 + int(part)
    what, value = words[1], words[2] if len(words) == 3 else ""
    good = (
        (what in _FACTS and value in _SWITCH)
        or (what == "idle" and (value == "off" or _is_count(value)))
        or (what == "sleep" and _is_count(value))
        or (what == "pause" and (value in ("", "tomorrow") or _is_count(value)))
        or (what in _COMMANDS and what != "pause" and not value)
    )
    return ScriptLine(at_s, what, value) if good else None


def _is_count(text: str) -> bool:
    """Whether this is a number of seconds, minutes or hours; of eight digits at the most, which are three years."""
    return len(text) <= len("99999999") and text.isascii() and text.isdigit()


class ScriptedDesktop:
    """Plays the scenes: implements ``interface.Desktop``, and gives the commands whose time has come."""

    tells = False

    def __init__(self, scenes: tuple[ScriptLine, ...], clock: MediaClock) -> None:
        self._scenes = list(scenes)
        self._clock = clock
        self._courtesy = Courtesy(locked=False)  # until a scene says otherwise
        self._commands: list[Command] = []

    def courtesy(self) -> Courtesy:
        """What the scenes that have begun say of the desktop."""
        self._play(self._clock.t_s)
        return self._courtesy

    def close(self) -> None:
        """Nothing is held."""

    def due(self, t_s: float) -> tuple[Command, ...]:
        """The commands that the scenes have given up to now, each once."""
        self._play(t_s)
        commands, self._commands = tuple(self._commands), []
        return commands

    def _play(self, t_s: float) -> None:
        while self._scenes and self._scenes[0].at_s <= t_s:
            scene = self._scenes.pop(0)
            if scene.what in _FACTS:
                self._courtesy = replace(self._courtesy, **{_FACTS[scene.what]: _SWITCH[scene.value]})
            elif scene.what == "idle":
                self._courtesy = replace(self._courtesy, idle_s=None if scene.value == "off" else float(scene.value))
            elif scene.what == "sleep":
                self._clock.sleep_computer(float(scene.value))
            else:
                self._commands.append(Command(_COMMANDS[scene.what], _seconds(scene.value)))


def _seconds(value: str) -> float | None:
    return TOMORROW if value == "tomorrow" else float(value) if value else None
