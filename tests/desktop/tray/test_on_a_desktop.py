"""The tray icon in a real tray: seen, clicked, lost and found again."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import posturewatch
from desktop.conftest import PATIENCE_S, Robot, end, need, start, start_tray, until
from desktop.tray.status_notifier_host import StatusNotifierHost
from posturewatch.desktop.notify.text import plain
from posturewatch.desktop.tray.display import SPACING_S
from posturewatch.desktop.tray.visibility import probe

pytestmark = pytest.mark.desktop

GREEN = (0, 128, 94)
ORANGE = (200, 80, 30)
GREY = (109, 116, 128)
BELOW_THE_TRAY = (640, 40, 1280, 160)
SYSTEM_PACKAGES = Path("/usr/lib/python3/dist-packages")
GI_FOR_US = f"gi/_gi.cpython-{sys.version_info.major}{sys.version_info.minor}-*"


@dataclass(frozen=True, slots=True)
class Backend:
    """A way to show the icon, and where the packages lie that it needs beside ours."""

    name: str
    packages: Path | None = None


@pytest.fixture
def appindicator(tmp_path: Path) -> Backend:
    """The system's AppIndicator, by its own gi."""
    if not list(SYSTEM_PACKAGES.glob(GI_FOR_US)):
        pytest.skip("the system's gi is for another Python")
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "gi").symlink_to(SYSTEM_PACKAGES / "gi")
    return Backend("appindicator", packages)


@pytest.fixture(params=["xorg", "appindicator"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each backend that can be tried here."""
    if request.param == "xorg":
        return Backend("xorg")
    found: Backend = request.getfixturevalue("appindicator")
    return found


class Program:
    """The tray program and what it says."""

    def __init__(self, folder: Path, backend: str = "auto", packages: Path | None = None) -> None:
        here = str(Path(__file__).parents[2])
        path = os.pathsep.join((here, str(packages)) if packages else (here,))
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed by its end)
        self.process = subprocess.Popen(
            (sys.executable, "-m", "desktop.tray.tray_program", str(folder), backend),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path},
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def show(self, word: str) -> None:
        """Change what the tray shows."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def said(self, line: str) -> bool:
        """Whether it said this line, waiting for it."""
        return until(lambda: line in self.lines)

    def complaints(self) -> str:
        """What it has printed as errors."""
        self._errors.seek(0)
        return self._errors.read()

    def gone(self) -> bool:
        """Whether it has ended by itself, and well."""
        return until(lambda: self.process.poll() is not None) and self.process.returncode == 0

    def end(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(60)
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def xorg(tray_host: subprocess.Popen[bytes], tmp_path: Path) -> Iterator[Program]:
    """Our tray by the plain X11 backend."""
    program = Program(tmp_path / "state", "xorg")
    yield program
    program.end()


def test_the_icon_changes_with_the_state(screen: Robot, xorg: Program) -> None:
    """Green for upright, orange for the alert, grey for a pause, each seen in the panel."""
    for word, colour in (("upright", GREEN), ("forward", ORANGE), ("paused", GREY)):
        xorg.show(word)
        assert until(lambda colour=colour: screen.find_colour(colour)), word


def test_the_corners_of_the_icon_are_clear(screen: Robot, xorg: Program, tray_host: subprocess.Popen[bytes]) -> None:
    """No black square stands behind the round icon: the panel's own colour shows at its corners."""
    xorg.show("upright")
    assert until(lambda: screen.find_colour(GREEN))
    picture = screen.picture().crop((1152, 0, 1280, 32))
    colours = {colour for _count, colour in picture.getcolors(100_000) or []}
    assert not any(max(colour) < 30 for colour in colours)


def test_a_click_opens_the_menu_and_a_line_is_taken(screen: Robot, xorg: Program) -> None:
    """Click, Down to a line, Return: within two clicks the command is in the inbox."""
    xorg.show("upright")
    assert until(lambda: screen.find_colour(GREEN))
    screen.click(*(screen.find_colour(GREEN) or (0, 0)))
    window = screen.window("^posturewatch$")
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    screen.key("Down", "Return")
    assert xorg.said("command break_now")
    assert until(lambda: not screen.do("search", "--onlyvisible", "--name", "^posturewatch$"))


def test_a_line_that_the_app_answers(screen: Robot, xorg: Program) -> None:
    """A right click opens the menu too; the last line but one of the top level is taken with the arrow up."""
    xorg.show("upright")
    assert until(lambda: screen.find_colour(GREEN))
    screen.click(*(screen.find_colour(GREEN) or (0, 0)), button=3)
    window = screen.window("^posturewatch$")
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    screen.key("Up", "Up", "Up", "Return")
    assert xorg.said("call open_week")


def test_the_icon_says_in_words_what_it_shows(screen: Robot, xorg: Program) -> None:
    """Where the tray shows no words of an icon: by the pointer that rests on it, and gone with it."""
    xorg.show("upright")
    assert until(lambda: screen.find_colour(GREEN))
    before = screen.picture().crop(BELOW_THE_TRAY).tobytes()
    assert until(lambda: tooltip_seen(screen))
    assert screen.find_colour(GREEN)
    screen.do("mousemove", "640", "790")
    assert until(lambda: screen.picture().crop(BELOW_THE_TRAY).tobytes() == before)


def test_a_flood_of_news_does_not_lock_the_tray(screen: Robot, xorg: Program) -> None:
    """Two thousand snapshots at once: the tray still changes and still ends."""
    xorg.show("flood")
    xorg.show("forward")
    assert until(lambda: screen.find_colour(ORANGE))
    xorg.show("close")
    assert xorg.said("ended")
    assert xorg.gone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_reach_our_handler(xorg: Program, number: signal.Signals) -> None:
    """Ctrl+C and a polite end are heard by the app, and it ends."""
    assert xorg.said("backend xorg")
    xorg.show("upright")
    xorg.process.send_signal(number)
    assert xorg.said(f"signal {number.name}")
    assert xorg.gone()


def test_the_icon_comes_back_into_a_restarted_tray(screen: Robot, tmp_path: Path) -> None:
    """No tray, a tray, no tray, another tray: the icon is in each tray that there is, also when nothing else is new."""
    program = Program(tmp_path / "state", "xorg")
    try:
        program.show("upright")
        assert program.said("backend xorg")
        for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
            host = start_tray()
            assert until(lambda: screen.find_colour(GREEN))
            time.sleep(2 * SPACING_S)  # by now nothing is left to be done that would find the next tray by chance
            host.send_signal(how)
            host.wait(PATIENCE_S)
            assert until(lambda: screen.find_colour(GREEN) is None)
            assert program.process.poll() is None
        program.show("close")
        assert program.gone()
    finally:
        program.end()


def every_sign() -> list[str]:
    """Every sign of our texts, in English and in each language, sixty to a title; and what no text of ours has:
    signs beyond the basic plane, from right to left, control signs, half of a pair."""
    signs: set[str] = set()
    for path in (Path(posturewatch.__file__).parent / "locale").glob("*/LC_MESSAGES/*.po"):
        for message in read_po(io.BytesIO(path.read_bytes())):
            for texts in (message.id, message.string):
                signs.update(*((texts,) if isinstance(texts, str) else texts))
    assert {"ü", "ñ", "頭", "±"} <= signs
    ordered = sorted(signs - {"\n"})
    found = ["".join(ordered[at : at + 60]) for at in range(0, len(ordered), 60)]
    return [*found, "−0.3 ± 0.4 in", "\U0001f9d8 שלום", "a\tb\x07", "\ud83e", "頭部前方距離 −0.3in"]


def title_of_the_icon() -> str | None:
    """``_NET_WM_NAME`` of the window of pystray's X11 icon, or None where there is none."""
    from Xlib.display import Display

    display = Display()
    try:
        utf8 = display.intern_atom("UTF8_STRING")
        waiting = [display.screen().root]
        while waiting:
            window = waiting.pop()
            waiting += window.query_tree().children
            if (window.get_wm_class() or ("",))[0] == "posturewatchSystemTrayIcon":
                name = window.get_full_property(display.intern_atom("_NET_WM_NAME"), utf8)
                return None if name is None else name.value.decode("utf-8")
        return None
    finally:
        display.close()


def test_no_title_ends_the_icon(screen: Robot, xorg: Program) -> None:
    """Every sign of every language, and stranger ones: each title arrives as UTF-8, and the icon changes after it."""
    for title in every_sign():
        xorg.show(f"title {json.dumps(title)}")
        said = plain(title, 127)
        assert said == title.strip() or not title.isprintable()
        assert until(lambda said=said: not said or title_of_the_icon() == said), ascii(title)
    xorg.show("paused")
    assert until(lambda: screen.find_colour(GREY))
    xorg.show("state")
    assert xorg.said("state shown")


def test_an_icon_that_has_died_comes_back(screen: Robot, xorg: Program) -> None:
    """The X server throws the icon out: it is made anew, shows the state, hears a click, and the title is set."""
    xorg.show("upright")
    assert until(lambda: screen.find_colour(GREEN))
    icon = screen.do("search", "--classname", "posturewatchSystemTrayIcon").split()[0]
    screen.do("windowkill", icon)
    # Gone, and then there again; the X server may give the new window the number of the old one.
    assert until(lambda: not screen.do("search", "--classname", "posturewatchSystemTrayIcon").split())
    assert until(lambda: screen.do("search", "--classname", "posturewatchSystemTrayIcon").split())
    assert until(lambda: screen.find_colour(GREEN))
    screen.click(*(screen.find_colour(GREEN) or (0, 0)))
    assert screen.window("^posturewatch$") is not None
    xorg.show("state")
    assert xorg.said("state shown")


def test_an_icon_without_a_tray_is_unseen(screen: Robot, tmp_path: Path) -> None:
    """Whether the icon is seen is asked of the desktop, not of the icon: no tray, a tray, no tray."""
    program = Program(tmp_path / "state", "xorg")
    try:
        program.show("upright")
        program.show("state")
        assert program.said("state unseen")
        host = start_tray()
        assert until(lambda: screen.find_colour(GREEN))
        program.show("state")
        assert program.said("state shown")
        end(host)
    finally:
        program.end()


@contextmanager
def server_at(number: str = "") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """An X server to be killed, at this number or at one of this process; its process and its display's name. The first
    free one would be taken by a test beside this, as soon as the server there is gone."""
    read_end, write_end = os.pipe()
    wanted = number or f":{10_000 + os.getpid() % 20_000}"
    server = subprocess.Popen(
        (need("Xvfb"), wanted, "-displayfd", str(write_end), "-noreset"),
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        display = f":{pipe.readline().strip()}"
    assert display == wanted
    yield server, display
    end(server)


@pytest.mark.usefixtures("bus")
def test_the_x_server_goes_away(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the X server gone the tray is lost and said to be, by every backend; the program goes on until it is told to
    end, and has its icon again, in the old X11 tray's way, where a server comes back at the same place."""
    with server_at() as (server, display):
        monkeypatch.setenv("DISPLAY", display)
        program = Program(tmp_path / "state", backend.name, packages=backend.packages)
        try:
            assert program.said(f"backend {backend.name}")
            program.show("upright")
            program.show("state")
            assert program.said("state unseen")
            server.kill()
            server.wait(60)
            assert program.said("command tray_unseen The tray icon is gone; I keep watching.")
            assert program.process.poll() is None
            program.show("state")
            assert program.said("state lost")
            with server_at(display):
                host = start_tray()
                robot = Robot(display)
                assert until(lambda: robot.find_colour(GREEN))
                end(host)
            program.show("close")
            assert program.gone()
        finally:
            program.end()


@pytest.mark.usefixtures("bus")
def test_a_wayland_compositor_goes_away(appindicator: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its X server for old programs goes the icon, and no more: the program says so, and ends when told to."""
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    monkeypatch.setenv("WAYLAND_DISPLAY", "posturewatch-test")
    need("weston")
    with server_at() as (server, display):
        monkeypatch.setenv("DISPLAY", display)
        compositor = start("weston", "--backend=headless-backend.so", "--socket=posturewatch-test", "--no-config")
        assert until((run / "posturewatch-test").exists)
        program = Program(tmp_path / "state", packages=appindicator.packages)
        try:
            assert program.said("backend appindicator")
            program.show("upright")
            program.show("state")
            assert program.said("state unseen")
            compositor.kill()
            compositor.wait(5)
            server.kill()
            server.wait(5)
            assert program.said("command tray_unseen The tray icon is gone; I keep watching.")
            program.show("close")
            assert program.gone()
        finally:
            program.end()
            end(compositor)


def test_no_display_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a display the program runs without an icon and ends when it is told."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    program = Program(tmp_path)
    try:
        assert program.said("backend none")
        program.process.send_signal(signal.SIGTERM)
        assert program.gone()
    finally:
        program.end()


def test_appindicator_has_a_real_menu(
    screen: Robot, tray_host: subprocess.Popen[bytes], tmp_path: Path, appindicator: Backend
) -> None:
    """With the system's AppIndicator the icon has a menu; it stays open while numbers change; a line is taken."""
    program = Program(tmp_path / "state", packages=appindicator.packages)
    try:
        assert program.said("backend appindicator")
        program.show("upright")
        assert until(lambda: screen.find_colour(GREEN))
        screen.click(*(screen.find_colour(GREEN) or (0, 0)))
        assert until(lambda: white(screen) > 20_000)
        program.show("forward")
        assert until(lambda: screen.find_colour(ORANGE))
        assert white(screen) > 20_000
        for title in every_sign():
            program.show(f"title {json.dumps(title)}")
        program.show("state")
        assert program.said("state shown")
        # Up from nothing is the last line: Quit.
        screen.key("Up", "Return")
        assert program.said("command quit")
        program.process.send_signal(signal.SIGINT)
        assert program.said("signal SIGINT")
        assert program.gone()
    finally:
        program.end()


def test_a_host_that_asks_at_a_new_tooltip_alone_shows_the_words_of_now(
    screen: Robot, tmp_path: Path, appindicator: Backend
) -> None:
    """Such as LXQt's: what it shows under the pointer is never a file's name, and follows the readings."""
    host = StatusNotifierHost()
    program = Program(tmp_path / "state", packages=appindicator.packages)
    try:
        assert program.said("backend appindicator")
        for number in ("0.2", "1.4"):
            program.show("upright" if number == "0.2" else "forward")
            assert until(lambda number=number: any(number in words for words in host.words[-1:])), host.words
        assert all(".py" not in words for words in host.words)
        program.process.send_signal(signal.SIGTERM)
        assert program.gone()
    finally:
        program.end()
        host.stop()


def test_without_a_bus_the_icon_is_there_and_nothing_is_printed(
    screen: Robot,
    tray_host: subprocess.Popen[bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    appindicator: Backend,
) -> None:
    """A bus that is not there: the icon all the same, with its tooltip, in a tray that is started again too; Ctrl+C is
    heard by the app and ends it in order, and no line of GTK's or D-Bus' reaches the terminal."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    program = Program(tmp_path / "state", packages=appindicator.packages)
    try:
        assert program.said("backend appindicator")
        program.show("upright")
        assert until(lambda: screen.find_colour(GREEN))
        assert until(lambda: tooltip_seen(screen))
        end(tray_host)
        assert until(lambda: screen.find_colour(GREEN) is None)
        again = start_tray()
        assert until(lambda: screen.find_colour(GREEN))
        program.process.send_signal(signal.SIGINT)
        assert program.said("signal SIGINT")
        assert program.gone()
        assert program.complaints() == ""
        end(again)
    finally:
        program.end()


def tooltip_seen(screen: Robot) -> bool:
    """Whether a pointer that rests on the icon brings something up below it."""
    screen.do("mousemove", "640", "790")
    before = screen.picture().crop(BELOW_THE_TRAY).tobytes()
    x, y = screen.find_colour(GREEN) or (0, 0)
    screen.do("mousemove", str(x), str(y))
    screen.do("mousemove_relative", "1", "1")
    return until(lambda: screen.picture().crop(BELOW_THE_TRAY).tobytes() != before, 3)


def white(screen: Robot) -> int:
    """White pixels on the screen: an open menu."""
    return sum(count for count, colour in screen.picture().getcolors(2_000_000) or [] if min(colour) > 250)


def test_the_probe_tells_what_is_seen(screen: Robot) -> None:
    """No tray is a warning; a tray without menus a note, with what helps."""
    assert probe().level == "warning"
    host = start_tray()
    try:
        check = probe()
        assert check.level in {"ok", "note"}
        assert check.level == "ok" or check.mend
    finally:
        end(host)
