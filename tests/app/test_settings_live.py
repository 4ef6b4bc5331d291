"""Settings that change while the app runs: what was measured stays true, and each is taken up."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

import pytest
from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError

from fakes import FakeClock
from loop.house import House, inhabited
from posturewatch.app.keeper import FolderKeeper
from posturewatch.app.main import CliOverrides, assemble
from posturewatch.base import i18n
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.settings import Exercise, Settings, WatchSettings, waits_for_start
from posturewatch.config.keys import Key, keys, toml_value
from posturewatch.config.plan_file import keep_accepted, plan_of_text
from posturewatch.config.read import load_settings
from posturewatch.config.write import init_config
from posturewatch.disk.folders import Folders
from posturewatch.journal.writer import SqliteJournal
from posturewatch.loop.loop import Loop


def valid_s(house: House) -> float:
    """Seconds of the journal that have a number."""
    return sum(row.valid_s for row in house.journal.rows)


@pytest.mark.parametrize("steady_s", [0.5, 10.0, 60.0])
def test_another_cadence_taken_up_live_counts_like_a_fresh_start(steady_s: float) -> None:
    """Twenty minutes before the camera are as many valid minutes whether the time between looks stood in the file from
    the start or was changed after two seconds."""
    other = Settings(watch=WatchSettings(steady_s=steady_s))
    live = inhabited()
    live.at(2, lambda: setattr(live.keeper, "current", other)).at(2, CommandKind.RELOAD).run(1200)
    fresh = inhabited(other).run(1200)
    assert valid_s(fresh) > 1000
    assert valid_s(live) == pytest.approx(valid_s(fresh), abs=10)


def test_slow_looks_of_every_kind_speak_until_the_next() -> None:
    """With the time between looks long for one kind of look only (near the threshold, while unsure), what is seen still
    holds until the next look: nothing is lost as unwatched."""
    house = House(Settings(watch=WatchSettings(near_s=60.0))).run(1200)
    assert sum(row.off_s for row in house.journal.rows) < 10
    uncalibrated = inhabited(Settings(watch=WatchSettings(near_s=60.0)))
    uncalibrated.journal.made.clear()
    uncalibrated.run(1200)
    assert sum(row.off_s for row in uncalibrated.journal.rows) < 10


# ------------------------------------------------------------------ every key

HELD = (bool, int, float, str, bytes, Enum, date, datetime, Path, type(None))
"""What is compared as it is."""


def held(root: object) -> dict[str, object]:
    """All plain values that an object of ours holds, however deep, by the way to them; of foreign objects the type."""
    found: dict[str, object] = {}
    seen: set[int] = set()
    waiting: deque[tuple[str, object]] = deque([("", root)])
    while waiting:
        way, one = waiting.popleft()
        if isinstance(one, HELD):
            found[way] = one
            continue
        found[way] = type(one).__qualname__
        if id(one) not in seen:
            if not isinstance(one, BaseModel | tuple):  # the same settings are held in many places
                seen.add(id(one))
            waiting.extend((f"{way}.{name}", part) for name, part in parts(one))
    return found


def parts(one: object) -> Iterator[tuple[str, object]]:
    """What an object is made of: attributes, items, and what a function has bound."""
    if isinstance(one, BaseModel):
        yield from one
    elif isinstance(one, Mapping):
        yield from ((f"[{name}]", part) for name, part in one.items())
    elif isinstance(one, list | tuple | deque):
        yield from ((f"[{place}]", part) for place, part in enumerate(one))
    elif isinstance(one, partial):
        yield from (("func", one.func), ("args", one.args), ("keywords", one.keywords))
    elif hasattr(one, "__self__") and hasattr(one, "__func__"):
        yield "self", one.__self__
    elif hasattr(one, "__closure__"):
        yield from ((f"cell{place}", cell.cell_contents) for place, cell in enumerate(one.__closure__ or ()))
    elif type(one).__module__.startswith("posturewatch"):
        names = {name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())}
        names |= set(getattr(one, "__dict__", ()))
        yield from ((name, getattr(one, name)) for name in sorted(names) if hasattr(one, name))


def another(key: Key) -> Any:
    """A value for this key that is allowed and not its default."""
    kind = next((part for part in get_args(key.field.annotation) if part is not type(None)), key.field.annotation)
    limits = {type(limit): limit for limit in key.field.metadata}
    if key.tables is not None:
        return (Exercise(name="Shoulder rolls", text="Roll both shoulders."),)
    if key.name in {"days", "keep"}:
        return {"days": ("mon", "tue"), "keep": ("posture.threshold",)}[key.name]
    if isinstance(key.default, bool):
        return not key.default
    if get_origin(key.field.annotation) is Literal:
        return next(choice for choice in get_args(key.field.annotation) if choice not in (key.default, "auto"))
    if isinstance(key.default, str):
        return {"start": "08:00", "end": "17:00"}.get(key.name, "7")
    low, high = limits[Ge].ge, limits[Le].le  # type: ignore[attr-defined]
    choices = (kind(low), kind(high), kind((low + high) / 2))
    return next(value for value in choices if value != key.default and allowed(key, value))


def allowed(key: Key, value: Any) -> bool:
    """Whether the settings may be so, everything else being at its default."""
    try:
        Settings.model_validate({key.section: {key.name: value}})
    except ValidationError:
        return False
    return True


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No desktop to be asked, and the language as it was."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, "")
    before = i18n.current_language()
    yield
    i18n.set_language(before)


def built(folders: Folders, end: ExitStack) -> Loop:
    """The app on these folders, all its real parts, before its threads run."""
    settings = load_settings(folders.config_file)
    i18n.set_language(settings.user.language)
    return assemble(folders, CliOverrides(tray=False), settings, QueueInbox(), clock=FakeClock(), end=end).loop


def state(loop: Loop) -> dict[str, object]:
    """All that the app holds, and the language that it speaks."""
    told = "._announcer._notifier._open"  # a thread of its own tells, sooner or later
    passing = ("._ports.journal", "._journal", "._at_start", "._ports.desktop", "._loop", "._thread", told)
    return {"language": i18n.current_language()} | {
        way: value for way, value in held(loop).items() if not any(part in way for part in passing)
    }


@pytest.mark.parametrize("key", keys(), ids=lambda key: key.dotted)
@pytest.mark.usefixtures("alone")
def test_every_key_is_taken_up_or_named_as_waiting(key: Key, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A key that changes in the file of an app that is up leaves every part of it as a fresh start would, down to the
    last number that was worked out from it; or it is one that waits for the next start, and is said to."""
    caplog.set_level(logging.INFO)
    folders = Folders(*(tmp_path / name for name in ("config", "data", "logs", "state"))).make()
    quiet = "" if key.section == "notifications" else '[notifications]\nbackend = "log"\n'
    folders.config_file.write_text(quiet, encoding="utf-8")
    with ExitStack() as end:
        loop = built(folders, end)
        before = state(loop)
        folders.config_file.write_text(f"{quiet}[{key.section}]\n{key.name} = {toml_value(another(key))}\n", "utf-8")
        loop.reload()
        live = state(loop)
    with ExitStack() as end:
        fresh = state(built(folders, end))
    assert before != live
    unlike = {way: (live.get(way), fresh.get(way)) for way in live.keys() | fresh if live.get(way) != fresh.get(way)}
    assert unlike == {}
    assert (f"next start of posturewatch: {key.dotted}" in caplog.text) is waits_for_start(key.dotted)


@pytest.mark.usefixtures("alone")
def test_what_waits_for_the_next_start_is_said_where_it_is_set(tmp_path: Path) -> None:
    """The commented file says so at each such key, and of no other."""
    path = tmp_path / "config.toml"
    init_config(path)
    text = path.read_text(encoding="utf-8")
    waiting = sum(waits_for_start(key.dotted) for key in keys())
    assert waiting == 2
    assert " ".join(text.replace("#", " ").split()).count("at the next start") == waiting


def test_a_settings_file_that_is_deleted_leaves_the_camera_in_use_and_is_told_once(tmp_path: Path) -> None:
    """All else is at its default; another camera would see somebody else."""
    folders = Folders(tmp_path, tmp_path, tmp_path, tmp_path)
    file = folders.config_file
    file.write_text('[camera]\nsource = "2"\nwidth_px = 800\n[posture]\nthreshold = 1.5\n', encoding="utf-8")
    with SqliteJournal(folders.journal_file, FakeClock()) as journal:
        keeper = FolderKeeper(folders, journal, load_settings(file), FakeClock())
        assert keeper.settings().camera.source == "2"
        assert not keeper.notice()
        file.unlink()
        for _time in range(2):
            left = keeper.settings()
            assert (left.camera.source, left.camera.width_px, left.posture.threshold) == ("2", 800, 1.0)
        told = keeper.notice()
        assert "gone" in told
        assert "camera in use stays" in told
        assert not keeper.notice()
        init_config(file)
        assert keeper.settings() == Settings()


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        (ZoneInfo("America/New_York"), date(2026, 10, 25)),
        (ZoneInfo("Europe/Berlin"), date(2026, 3, 22)),
        (ZoneInfo("Pacific/Kiritimati"), date(2026, 11, 1)),
    ],
    ids=["the day of 25 hours", "the day of 23 hours", "fourteen hours ahead of UTC"],
)
def test_a_plans_phases_follow_the_persons_own_days(tmp_path: Path, zone: ZoneInfo, start: date) -> None:
    """A phase ends with its last day by the person's clock, whatever the length of that day and the zone; over the date
    line a day comes twice and has the plan's settings twice; each turn is told once; what is kept is the person's."""
    folders = Folders(tmp_path, tmp_path, tmp_path, tmp_path)
    text = (
        'format = "posturewatch-plan"\nversion = 1\ntitle = "Two weeks"\nwritten = 2026-01-01\n'
        '[settings.breaks]\nevery_min = 20\n[[phase]]\nname = "One"\nweeks = 1\n'
        '[[phase]]\nname = "Two"\nweeks = 1\n[phase.settings.posture]\nthreshold = 1.5\n'
    )
    folders.config_file.write_text('[breaks]\nevery_min = 40\n[plan]\nkeep = ["breaks.every_min"]\n', encoding="utf-8")
    second = datetime.combine(start + timedelta(weeks=1), time(0, 30), zone)
    clock = FakeClock(second - timedelta(hours=1))
    keep_accepted(folders.plan_file, plan_of_text(Path("given.toml"), text), start, clock.now(), "")
    with SqliteJournal(folders.journal_file, clock) as journal:
        keeper = FolderKeeper(folders, journal, load_settings(folders.config_file), clock)

        def now() -> tuple[float, float, str]:
            settings = keeper.settings()
            return settings.posture.threshold, settings.breaks.every_min, keeper.notice()

        assert now() == (1.0, 40, "")
        clock.wall = second
        threshold, every, told = now()
        assert (threshold, every) == (1.5, 40)
        assert "Phase 2" in told
        clock.wall = datetime.combine(start + timedelta(days=13), time(23, 59), zone)
        assert now() == (1.5, 40, "")
        clock.advance(120)
        threshold, every, told = now()
        assert (threshold, every) == (1.0, 40)
        assert "ended" in told
        clock.move_to(ZoneInfo("Pacific/Honolulu"))
        assert now() == (1.5, 40, "")
        clock.advance(86400)
        assert now() == (1.0, 40, "")
