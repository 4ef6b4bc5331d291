"""Lock, sleep, idle, full screen and quiet from a real X server and mocked services on a private bus."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dbus_fast import Variant

from desktop.conftest import Robot, end, need, owned, start, until
from fakes import FakeClock
from posturewatch.base.errors import DesktopError
from posturewatch.base.records import Courtesy
from posturewatch.desktop.dbus import Call, ask
from posturewatch.desktop.presence.devices import CameraHolders, devices_in_use
from posturewatch.desktop.presence.linux import LOCKERS, SessionBusQuestions, X11Questions
from posturewatch.desktop.presence.logind import ASKED_S, LogindWatcher
from posturewatch.desktop.presence.microphone import sound_server_records
from posturewatch.desktop.presence.polled import merge
from posturewatch.desktop.presence.session import make_desktop, probe

pytestmark = pytest.mark.desktop

LOGIND = "org.freedesktop.login1"
MOCK = "org.freedesktop.DBus.Mock"
ROOT = "/org/freedesktop/login1"
SESSION = f"{ROOT}/session/c1"
SYSTEM_PYTHON = "/usr/bin/python3"


def mock(path: str, member: str, signature: str, *arguments: Any, interface: str = MOCK) -> Any:
    """Ask the mocked logind to do something."""
    return ask(Call(LOGIND, path, interface, member, signature, arguments), 3.0, system=True)


@pytest.fixture
def logind(bus: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """python-dbusmock's logind with one session, ours, and a lid."""
    have = subprocess.run((SYSTEM_PYTHON, "-c", "import dbusmock"), capture_output=True, check=False)
    if have.returncode != 0:
        need("python3-dbusmock")
    service = start(SYSTEM_PYTHON, "-m", "dbusmock", "--system", "--template", "logind")
    assert until(lambda: owned(LOGIND))
    mock(ROOT, "AddSession", "ssusb", "c1", "seat0", 1000, "somebody", True)
    mock(ROOT, "AddProperty", "ssv", "org.freedesktop.login1.Manager", "LidClosed", Variant("b", False))
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    yield service
    end(service)


Service = Callable[..., None]
"""``service(name, path, {member: value}, interface=…, method=…)``: see the fixture."""


@pytest.fixture
def service(bus: str) -> Iterator[Service]:
    """Puts a service on the session bus that answers with fixed properties or methods; a second one replaces it."""
    running: list[subprocess.Popen[bytes]] = []

    def offer(
        name: str, path: str, values: dict[str, Any], *, interface: str | None = None, method: bool = False
    ) -> None:
        for before in running:
            end(before)
        running.clear()
        assert until(lambda: not owned(name))
        running.append(start(SYSTEM_PYTHON, "-m", "dbusmock", "--session", name, path, interface or name))
        assert until(lambda: owned(name))
        for member, value in values.items():
            kind = "b" if isinstance(value, bool) else "u"
            if method:
                answer = f"ret = {value!r}"
                words: tuple[str, str, tuple[Any, ...]] = ("AddMethod", "sssss", (interface, member, "", kind, answer))
            else:
                words = ("AddProperty", "ssv", (interface or name, member, Variant(kind, value)))
            ask(Call(name, path, MOCK, words[0], words[1], words[2]), 3.0)

    yield offer
    for one in running:
        end(one)


@pytest.fixture
def clock() -> FakeClock:
    """Time moved by hand."""
    return FakeClock()


@pytest.fixture
def watcher(
    logind: subprocess.Popen[bytes], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LogindWatcher]:
    """The watcher, connected, on a desktop whose locker tells logind."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    made = LogindWatcher(clock)
    assert until(lambda: made.courtesy() == Courtesy(locked=False, suspended=False, lid_closed=False))
    yield made
    made.close()


def emit(path: str, interface: str, member: str, signature: str = "", arguments: tuple[Variant, ...] = ()) -> None:
    """Let logind send a signal."""
    mock(path, "EmitSignal", "sssav", interface, member, signature, list(arguments))


def seconds_until(fact: Callable[[], object]) -> float:
    """How long it took until something held."""
    began_s = time.monotonic()
    assert until(fact)
    return time.monotonic() - began_s


@pytest.mark.alone
def test_lock_and_unlock_arrive_at_once(watcher: LogindWatcher) -> None:
    """The signals are known well within the two seconds in which the camera must be given back."""
    emit(SESSION, "org.freedesktop.login1.Session", "Lock")
    assert seconds_until(lambda: watcher.courtesy().locked) < 1.0
    emit(SESSION, "org.freedesktop.login1.Session", "Unlock")
    assert seconds_until(lambda: watcher.courtesy().locked is False) < 1.0


def test_a_lock_leaves_word(logind: subprocess.Popen[bytes], clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop need not ask: it is told, well within the two seconds in which the camera must be given back."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    told = threading.Event()
    watcher = LogindWatcher(clock, told.set)
    assert until(lambda: watcher.courtesy().locked is False)
    told.clear()
    emit(SESSION, "org.freedesktop.login1.Session", "Lock")
    assert told.wait(1.0)
    assert watcher.courtesy().locked
    watcher.close()


def test_a_lock_that_nobody_carries_out_does_not_last(watcher: LogindWatcher, clock: FakeClock) -> None:
    """A request to lock without a locker that says so is forgotten after a few seconds."""
    emit(SESSION, "org.freedesktop.login1.Session", "Lock")
    assert until(lambda: watcher.courtesy().locked)
    clock.advance(ASKED_S + 1)
    assert watcher.courtesy().locked is False


def test_the_locked_hint_lasts(watcher: LogindWatcher, clock: FakeClock) -> None:
    """What the session says of itself holds until it says otherwise."""
    hint = {"LockedHint": Variant("b", True)}
    mock(SESSION, "UpdateProperties", "sa{sv}", "org.freedesktop.login1.Session", hint)
    assert until(lambda: watcher.courtesy().locked)
    clock.advance(3600)
    assert watcher.courtesy().locked is True


def test_a_hint_that_nobody_sets_says_nothing(
    logind: subprocess.Popen[bytes], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most lockers never touch the hint: its "no" is "cannot tell", until it has once been "yes"."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "XFCE")
    watcher = LogindWatcher(clock)
    assert until(lambda: watcher.courtesy().lid_closed is False)
    assert watcher.courtesy().locked is None
    for hint, known in ((True, True), (False, False)):
        values = {"LockedHint": Variant("b", hint)}
        mock(SESSION, "UpdateProperties", "sa{sv}", "org.freedesktop.login1.Session", values)
        assert until(lambda known=known: watcher.courtesy().locked is known)
    watcher.close()


def says_idle(since_s: float, *, kind: str, idle: bool = True) -> None:
    """The session calls itself idle since this moment of the monotonic clock, or busy."""
    values = {
        "Type": Variant("s", kind),
        "IdleHint": Variant("b", idle),
        "IdleSinceHintMonotonic": Variant("t", round(since_s * 1e6)),
    }
    mock(SESSION, "UpdateProperties", "sa{sv}", "org.freedesktop.login1.Session", values)


def test_a_session_that_calls_itself_idle_is_believed(watcher: LogindWatcher, clock: FakeClock) -> None:
    """Under Wayland the desktop's own hint tells for how long nobody has touched anything; "not idle" tells nothing."""
    says_idle(clock.monotonic_s() - 300, kind="wayland")
    assert until(lambda: watcher.courtesy().idle_s == pytest.approx(300))
    clock.advance(60)
    assert watcher.courtesy().idle_s == pytest.approx(360)
    says_idle(0, kind="wayland", idle=False)
    assert until(lambda: watcher.courtesy().idle_s is None)


def test_a_text_console_s_idle_hint_is_left_alone(watcher: LogindWatcher, clock: FakeClock) -> None:
    """logind makes it up from the console's file; the whole look has passed once the lid is seen closed."""
    says_idle(clock.monotonic_s() - 300, kind="tty")
    closed = {"LidClosed": Variant("b", True)}
    mock(ROOT, "UpdateProperties", "sa{sv}", "org.freedesktop.login1.Manager", closed)
    assert until(lambda: watcher.courtesy().lid_closed)
    assert watcher.courtesy().idle_s is None
    says_idle(clock.monotonic_s() - 300, kind="wayland")
    assert until(lambda: watcher.courtesy().idle_s is not None)


def test_the_session_is_found_without_the_environment(
    logind: subprocess.Popen[bytes], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started as a service, without XDG_SESSION_ID, the user's own display session is watched."""
    monkeypatch.delenv("XDG_SESSION_ID")
    display = {"Display": Variant("(so)", ["c1", SESSION])}
    mock(ROOT, "AddObject", "ssa{sv}a(ssss)", f"{ROOT}/user/self", "org.freedesktop.login1.User", display, [])
    watcher = LogindWatcher(clock)
    assert until(lambda: watcher.courtesy().lid_closed is False)
    emit(SESSION, "org.freedesktop.login1.Session", "Lock")
    assert until(lambda: watcher.courtesy().locked)
    watcher.close()


def test_another_session_is_not_ours(watcher: LogindWatcher) -> None:
    """The lock of another user's session does not concern us."""
    mock(ROOT, "AddSession", "ssusb", "c2", "seat0", 1001, "another", True)
    emit(f"{ROOT}/session/c2", "org.freedesktop.login1.Session", "Lock")
    mock(ROOT, "UpdateProperties", "sa{sv}", "org.freedesktop.login1.Manager", {"LidClosed": Variant("b", True)})
    assert until(lambda: watcher.courtesy().lid_closed)  # what was said before it has been heard
    assert watcher.courtesy().locked is False


def inhibitors() -> list[Any]:
    """Who holds sleep up, by logind."""
    return list(mock(ROOT, "ListInhibitors", "", interface="org.freedesktop.login1.Manager"))


@pytest.mark.alone
def test_sleep_waits_for_the_camera(watcher: LogindWatcher) -> None:
    """A delay is held while awake, let go after the notice of sleep, and held again afterwards."""
    manager = "org.freedesktop.login1.Manager"
    assert until(lambda: [one[1] for one in inhibitors()] == ["posturewatch"])
    assert inhibitors()[0][3] == "delay"
    emit(ROOT, manager, "PrepareForSleep", "b", (Variant("b", True),))
    assert seconds_until(lambda: watcher.courtesy().suspended) < 1.0
    assert len(inhibitors()) == 1
    assert seconds_until(lambda: not inhibitors()) < 3.0
    emit(ROOT, manager, "PrepareForSleep", "b", (Variant("b", False),))
    assert until(lambda: watcher.courtesy().suspended is False)
    assert until(lambda: len(inhibitors()) == 1)


@pytest.mark.alone
def test_logind_goes_and_comes(watcher: LogindWatcher, logind: subprocess.Popen[bytes]) -> None:
    """Without the service lock and lid stay at their last known values at most; nothing raises, close is quick."""
    end(logind)
    assert until(lambda: not owned(LOGIND))
    watcher.courtesy()
    began_s = time.monotonic()
    watcher.close()
    assert time.monotonic() - began_s < 1.5


def test_no_bus_at_all(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """Without a system bus nothing is known and nothing is raised."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    watcher = LogindWatcher(clock)
    time.sleep(0.2)
    assert watcher.courtesy() == Courtesy()
    watcher.close()


def test_a_dead_session_bus_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """One question on a bus that is not there fails as a desktop error."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with pytest.raises(DesktopError):
        ask(Call("a.b", "/a", "a.b", "C"), 1.0)


def test_idle_time_falls_with_a_key(screen: Robot) -> None:
    """The X server counts idle time, and a key press ends it."""
    questions = X11Questions()
    screen.key("shift")
    assert until(lambda: (questions.ask().idle_s or 0) > 0.6)
    screen.key("shift")
    assert (questions.ask().idle_s or 0) < 0.6


FULL_SCREEN = """
import sys, tkinter
root = tkinter.Tk()
root.title("film")
root.attributes("-fullscreen", sys.argv[1] == "full")
root.mainloop()
"""


def test_a_window_that_fills_the_screen(screen: Robot) -> None:
    """An ordinary window is no full screen, a film is, and after it there is none again."""
    questions = X11Questions()
    for how, full in (("plain", False), ("full", True)):
        film = start(sys.executable, "-c", FULL_SCREEN, how)
        window = screen.window("^film$")
        assert window is not None
        screen.do("windowfocus", "--sync", window)
        assert until(lambda full=full: questions.ask().full_screen is full)
        end(film)
    assert until(lambda: questions.ask().full_screen in {False, None})


def test_idle_inhibition_is_no_full_screen(screen: Robot, service: Service) -> None:
    """A podcast or a keep-awake switch on GNOME (InhibitedActions 8) says nothing about the screen; with an ordinary
    window in front of X11, the answer of all sources together is no."""
    service("org.gnome.SessionManager", "/org/gnome/SessionManager", {"InhibitedActions": 8})
    assert SessionBusQuestions().ask().full_screen is None
    plain = start(sys.executable, "-c", FULL_SCREEN, "plain")
    assert screen.window("^film$") is not None
    questions = X11Questions()
    assert until(lambda: merge((SessionBusQuestions().ask(), questions.ask())).full_screen is False)
    end(plain)


@pytest.mark.parametrize("call", LOCKERS, ids=lambda call: call.service)
def test_each_desktop_is_asked_by_its_own_name(screen: Robot, service: Service, call: Call) -> None:
    """The lock of Cinnamon, MATE, Xfce and the rest is seen when it comes and when it goes."""
    assert SessionBusQuestions().ask().locked is None
    is_property = call.member == "Get"
    for locked in (False, True):
        name, interface = (call.arguments[1], call.arguments[0]) if is_property else (call.member, call.interface)
        service(call.service, call.path, {name: locked}, interface=interface, method=not is_property)
        assert SessionBusQuestions().ask().locked is locked


@pytest.mark.parametrize(("status", "locked"), [("LOCK", True), ("BLANK", False), (0, False), (1, False), (3, True)])
def test_the_lock_of_xscreensaver(screen: Robot, status: str | int, locked: bool) -> None:
    """Version 5 writes an atom into a property of the root window, version 6 flags."""
    from Xlib.display import Display

    display = Display()
    root, name = display.screen().root, display.intern_atom("_SCREENSAVER_STATUS")
    try:
        assert X11Questions().ask().locked is None
        first = display.intern_atom(status) if isinstance(status, str) else status
        root.change_property(name, display.intern_atom("INTEGER"), 32, [first, 0, 1])
        display.sync()
        assert X11Questions().ask().locked is locked
    finally:
        root.delete_property(name)
        display.sync()
        display.close()


def test_a_lock_that_cannot_be_seen_is_told(screen: Robot, clock: FakeClock) -> None:
    """No service tells of the lock, the X server tells of idle time: doctor says what follows, and what helps."""
    check = probe(clock, 3.0)
    assert check.level == "note"
    assert "five minutes" in check.says
    assert "posturewatch pause" in check.mend


def test_dunst_on_pause_is_do_not_disturb(screen: Robot, dunst: subprocess.Popen[bytes]) -> None:
    """Quiet is asked from the notification service that runs."""
    assert SessionBusQuestions().ask().do_not_disturb is False
    subprocess.run((need("dunstctl"), "set-paused", "true"), check=True, capture_output=True)
    assert SessionBusQuestions().ask().do_not_disturb is True


@pytest.mark.alone
def test_the_whole_adapter_answers_at_once(
    screen: Robot,
    logind: subprocess.Popen[bytes],
    dunst: subprocess.Popen[bytes],
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All sources together; asking never takes longer than the loop can spare."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    desktop = make_desktop(clock)
    wanted = ("locked", "suspended", "lid_closed", "idle_s", "do_not_disturb")
    assert until(lambda: all(getattr(desktop.courtesy(), name) is not None for name in wanted))
    began_s = time.monotonic()
    for _turn in range(100):
        desktop.courtesy()
    assert (time.monotonic() - began_s) / 100 < 0.05
    desktop.close()
    assert probe(clock, 1.0).level == "ok"


def test_threads_end_with_the_adapter(screen: Robot, clock: FakeClock) -> None:
    """Opened and closed ten times, no thread stays behind."""
    before = threading.active_count()
    for _turn in range(10):
        make_desktop(clock).close()
    assert until(lambda: threading.active_count() <= before)


def pactl(*words: str) -> str:
    """What the session's own sound server answers."""
    done = subprocess.run((need("pactl"), *words), capture_output=True, encoding="utf-8", check=False, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.mark.skipif(not shutil.which("parecord"), reason="no sound server; tools/lived_in.py brings either kind")
def test_a_program_that_hears_a_microphone_is_in_a_call_and_one_that_hears_the_loudspeakers_is_not() -> None:
    """By the real PulseAudio or PipeWire of the session, with loudspeakers and a microphone that are made up."""
    room = pactl("load-module", "module-null-sink", "sink_name=room")
    if not room:
        pytest.skip("no sound server answers")
    voice = pactl("load-module", "module-remap-source", "master=room.monitor", "source_name=voice")
    try:
        for source, call in (("room.monitor", False), ("voice", True)):
            recorder = start("parecord", "--raw", f"--device={source}", "/dev/null")
            assert until(lambda: "parecord" in pactl("list", "source-outputs"))
            assert until(
                lambda call=call: devices_in_use(CameraHolders().in_use, sound_server_records).in_call is call
            ), pactl("list", "source-outputs")
            end(recorder)
            assert until(lambda: devices_in_use(CameraHolders().in_use, sound_server_records).in_call is False)
    finally:
        for module in (voice, room):
            pactl("unload-module", module)
