"""The main job, end to end: the real sensor on the clip that ships, the real journal, the real command line."""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import NormalDist

import psutil
import pytest

import posturewatch
from cli.run_cli import Cli, Done
from posturewatch.journal.reader import open_reader
from posturewatch.offline.demo import CLIP, mean_error_in
from posturewatch.offline.measure import COLUMNS

PICTURES = Path(__file__).parent.parent / "data" / "renders_small"
CALIBRATION, TEST = str(CLIP / "calibration.mp4"), str(CLIP / "test.mp4")

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """The demo, run once."""
    folder = tmp_path_factory.mktemp("demo")
    done = Cli(folder / "home").run("demo", "--out", str(folder / "out"), "--json", timeout_s=380)
    return folder / "out", done


@pytest.fixture
def calibrated(tmp_path: Path, shown: tuple[Path, Done]) -> Cli:
    """A home that has the demo's calibration in its journal."""
    from posturewatch.base.clock import SystemClock
    from posturewatch.disk.folders import find_folders
    from posturewatch.journal.reader import open_reader
    from posturewatch.journal.writer import SqliteJournal

    home = tmp_path / "home"
    with open_reader(shown[0] / "data" / "journal.sqlite") as made:
        rows = made.calibrations()
    folders = find_folders({"POSTUREWATCH_HOME": str(home)}).make()
    journal = SqliteJournal(folders.journal_file, SystemClock())
    journal.add_calibration(rows[-1])
    journal.close()
    return Cli(home)


def test_the_demo_leaves_a_log_and_a_report(shown: tuple[Path, Done]) -> None:
    """Numbers, journal, the day's CSV and the page are where the demo says, and nobody else may read them."""
    _out, done = shown
    for name in ("report", "day", "journal", "frames"):
        path = Path(done.json[name])
        assert path.stat().st_size > 100
        if os.name != "nt":
            assert path.stat().st_mode & 0o077 == 0
    page = Path(done.json["report"]).read_text(encoding="utf-8")
    assert "not a medical device" in page
    assert "a time to come" not in page  # nothing of it lies in the future, whatever the hour
    assert page.count("<html") == 1


def test_the_demo_reminds(shown: tuple[Path, Done]) -> None:
    """The clip's head goes 2.5 in forward and stays: a nudge comes; after five minutes at the desk, a break."""
    said = shown[1].json["reminders"]
    assert "Time to change position" in said
    assert "Time for a short break" in said


def test_the_clip_is_measured_within_the_bar(shown: tuple[Path, Done]) -> None:
    """Every frame has a row in the columns that are promised, and the mean error is within 0.35 in."""
    out, _done = shown
    with (out / "measured.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [str(number) for number in range(160)]
    assert sum(row["fht_in"] != "" for row in rows) >= 0.95 * len(rows)
    assert COLUMNS[-1] == "p_forward"
    for row in rows:
        assert (row["p_forward"] == "") == (row["fht_in"] == "")
        if row["fht_in"]:
            # Both are rounded to three digits: the probability can be no nearer than that lets it.
            far = (float(row["fht_in"]) - 1.0) / float(row["fht_se_in"])
            assert float(row["p_forward"]) == pytest.approx(NormalDist().cdf(far), abs=0.003)
    error_in = mean_error_in(out / "measured.csv", CLIP / "truth.csv")
    assert error_in is not None
    assert error_in <= 0.35


def test_the_demos_folder_is_emptied_only_if_a_demo_made_it(shown: tuple[Path, Done], tmp_path: Path) -> None:
    """A folder with other things in it is refused and left as it is."""
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = Cli(tmp_path / "home").run("demo", "--out", str(tmp_path), code=2)
    assert "no demo made it" in refused.err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_the_log_reads_what_the_demo_wrote(shown: tuple[Path, Done]) -> None:
    """`log day` on the demo's folders shows the minutes by band and the break."""
    home = Cli(shown[0].parent / "home")
    day = Path(shown[1].json["day"]).stem
    told = home.run("--home", str(shown[0]), "log", "day", "--date", day, "--json").json[0]
    assert told["valid_min"] > 5
    assert told["breaks_due"] == 1
    assert told["nudges"] >= 1
    assert "≥ 2 in" in home.run("--home", str(shown[0]), "log", "--date", day).out


def test_a_replayed_day_is_tied_to_the_calibration_in_force(tmp_path: Path) -> None:
    """Monday calibrated, Tuesday tied by five seconds of its own: two calibrations, and every minute of Tuesday's is
    tied. Without a recording of sitting upright, or without a calibration, it is said what is missing."""
    cli = Cli(tmp_path / "home")
    assert "--calibrate" in cli.run("replay", TEST, "--quick", code=2).err
    tie = ("replay", TEST, "--calibrate", CALIBRATION, "--quick", "--start", "2026-11-17T09:00")
    assert "There is no calibration" in cli.run(*tie, code=None).err
    cli.run("replay", TEST, "--calibrate", CALIBRATION, "--start", "2026-11-16T09:00")
    cli.run(*tie)
    with open_reader(cli.home / "data" / "journal.sqlite") as kept:
        content = kept.content()
    assert [row.at.day for row in content.calibrations] == [16, 17]
    tuesday = [row for row in content.minutes if row.start.day == 17 and row.valid_s]
    assert tuesday
    assert all(row.tied for row in tuesday)


def test_stills_are_measured_each_by_itself(tmp_path: Path) -> None:
    """A folder of unrelated pictures: a row for each by its name, in order, with t_s, whatever could be seen."""
    cli = Cli(tmp_path / "home")
    cli.run("measure", str(PICTURES), "--calibrate", CALIBRATION, "--stills", "--out", str(tmp_path / "s.csv"))
    with (tmp_path / "s.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == sorted(path.name for path in PICTURES.glob("*.jpg"))
    assert all(row["state"] and row["t_s"] for row in rows)


def test_another_process_measures_against_what_was_kept(tmp_path: Path) -> None:
    """Calibrated under a name, tied with five seconds, measured by the name after what was seen first: nothing but what
    is stored is known, the recordings before are not written out, and the number is as good as in one go."""
    cli, out = Cli(tmp_path / "home"), tmp_path / "kept.csv"
    made = cli.run("calibrate", "--profile", "desk", "--source", CALIBRATION, "--json").json
    tied = cli.run("calibrate", "--profile", "desk", "--quick", "--source", CALIBRATION, "--json").json
    assert made["profile"] == tied["profile"] == "desk"
    told = cli.run(
        "measure",
        TEST,
        "--profile",
        "desk",
        "--before",
        CALIBRATION,
        "--before",
        CALIBRATION,
        "--out",
        str(out),
        "--json",
    ).json
    assert (told["frames"], told["out"]) == (160, str(out))
    assert told["answered"] >= 0.95 * 160
    error_in = mean_error_in(out, CLIP / "truth.csv")
    assert error_in is not None
    assert error_in <= 0.4


def test_a_profile_that_is_not_there_or_not_alone_is_a_slip(tmp_path: Path) -> None:
    """No such calibration: how to make one. Both ways at once: which of the two. A tie of nothing: the same as the
    first. Nothing is written."""
    cli, out = Cli(tmp_path / "home"), tmp_path / "o.csv"
    for words in (
        ("measure", TEST, "--profile", "nobody", "--out", str(out)),
        ("calibrate", "--quick", "--profile", "nobody", "--source", CALIBRATION),
    ):
        wrong = cli.run(*words, code=6)
        assert "nobody" in wrong.err
        assert "posturewatch calibrate --profile nobody" in wrong.err
    both = cli.run("measure", TEST, "--profile", "x", "--calibrate", CALIBRATION, "--out", str(out), code=2)
    assert "--calibrate" in both.err
    assert "--profile" in both.err
    assert not out.exists()


def test_a_before_that_is_not_there_leaves_no_numbers(tmp_path: Path) -> None:
    """It is named, with the code for sources."""
    out = tmp_path / "o.csv"
    wrong = Cli(tmp_path / "home").run(
        "measure", TEST, "--calibrate", CALIBRATION, "--before", "morning.mp4", "--out", str(out), code=4
    )
    assert "morning.mp4" in wrong.err
    assert not out.exists()


def test_a_recorded_day_is_replayed_with_what_happens_around_it(calibrated: Cli) -> None:
    """A meeting mutes, a lock gives the camera back, a pause is a pause: in the journal afterwards."""
    scenes = calibrated.home.parent / "scenes.txt"
    scenes.write_text("0:00:20 call on\n0:00:40 call off\n0:00:50 lock on\n0:01:05 lock off\n0:01:15 pause\n")
    told = calibrated.run(
        "replay", TEST, "--start", "2026-11-23T09:00:00+01:00", "--loop", "3", "--scenes", str(scenes), "--json",
        timeout_s=300,
    ).json  # fmt: skip
    assert told["media_s"] == pytest.approx(96, abs=3)
    log = calibrated.run("log", "--date", "2026-11-23", "--json").json[0]
    assert log["paused_min"] * 60 == pytest.approx(21, abs=4)
    assert log["off_min"] * 60 == pytest.approx(35, abs=6)
    assert log["valid_min"] * 60 == pytest.approx(40, abs=12)


# ---------------------------------------------------------------------------- bad input


BAD = {
    "a text file as video": ("notes.mp4", "It was a dark and stormy night.\n" * 40, 4, "text file"),
    "an empty file": ("empty.mp4", "", 4, "empty"),
    "random bytes": ("junk.mp4", bytes(range(256)) * 64, 4, "no video"),
    "a folder without images": ("folder", None, 4, "no image"),
}


@pytest.mark.parametrize(("name", "content", "code", "says"), BAD.values(), ids=BAD)
def test_bad_input_is_a_clear_error(
    tmp_path: Path, name: str, content: str | bytes | None, code: int, says: str
) -> None:
    """Each says what is wrong with which file, exits with the code for sources, and leaves no CSV behind."""
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    cli, out = Cli(tmp_path / "home"), tmp_path / "out.csv"
    wrong = cli.run("measure", str(path), "--calibrate", str(path), "--out", str(out), code=code)
    assert says in wrong.err
    assert name in wrong.err
    assert not out.exists()
    started = cli.run("run", "--no-tray", "--source", str(path), code=code, timeout_s=60)
    assert says in started.err


def test_a_file_that_is_not_there_is_a_slip(tmp_path: Path) -> None:
    """A source that does not exist is said at once, with exit code 4."""
    cli = Cli(tmp_path / "home")
    assert "no file" in cli.run("run", "--source", "nowhere.mp4", code=4).err
    assert cli.run("measure", "nowhere.mp4", "--calibrate", "nowhere.mp4", "--out", "o.csv", code=4).err


def test_too_few_frames_are_no_calibration(tmp_path: Path) -> None:
    """Five pictures of several people: exit code 6 with the reason."""
    cli = Cli(tmp_path / "home")
    wrong = cli.run("measure", TEST, "--calibrate", str(PICTURES), "--out", str(tmp_path / "o.csv"), code=6)
    assert wrong.err.startswith("Error:")


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    """A model bundle that is cut off: exit code 5, and what to do."""
    cli = Cli(tmp_path / "home")
    from posturewatch.base.settings import ModelSettings
    from posturewatch.sensor.bundles import find

    whole = Path(find(ModelSettings()).pose)
    cut = tmp_path / "cut.task"
    cut.write_bytes(whole.read_bytes()[:100_000])
    cli.run("config", "init")
    cli.run("config", "set", "models.pose", str(cut))
    wrong = cli.run("measure", TEST, "--calibrate", CALIBRATION, "--out", str(tmp_path / "o.csv"), code=5)
    assert "cut.task" in wrong.err


def test_a_camera_that_is_not_there_is_a_state_not_an_end(tmp_path: Path) -> None:
    """Camera 99: the app runs on, says that there is no camera, and quits when asked."""
    cli = Cli(tmp_path / "home")
    app = cli.start("run", "--no-tray", "--source", "99")
    try:
        snapshot = wait_for_status(cli, lambda told: told["reason"] == "camera_missing")
        assert snapshot["state"] == "unreliable"
        cli.run("quit")
        assert app.wait(60) == 0
    finally:
        app.kill()
        app.communicate()


# ---------------------------------------------------------------------------- the running app


@pytest.fixture
def exercising(calibrated: Cli) -> Cli:
    """A home in which exercises are on."""
    calibrated.run("config", "init")
    calibrated.run("config", "set", "breaks.exercises", "true")
    return calibrated


@pytest.fixture
def running(calibrated: Cli) -> Iterator[tuple[Cli, psutil.Process]]:
    """The app on the clip, until the test is over."""
    app = calibrated.start("run", "--no-tray", "--source", TEST)
    process = psutil.Process(app.pid)
    try:
        yield calibrated, process
    finally:
        for child in process.children(recursive=True) if process.is_running() else ():
            child.kill()
        app.kill()
        app.communicate()


def wait_for_status(cli: Cli, good: object, within_s: float = 60) -> dict[str, object]:
    """Ask until the status is as wanted."""
    assert callable(good)
    until = time.monotonic() + within_s
    told: dict[str, object] = {}
    while time.monotonic() < until:
        done = cli.run("status", "--json", code=None)
        if done.code == 0:
            told = done.json
            if good(told):
                return told
        time.sleep(0.2)
    raise AssertionError(f"last status: {told}")


def sensors(process: psutil.Process) -> list[psutil.Process]:
    """The sensor processes of this app."""
    found = []
    for child in process.children():
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie that is being waited for counts as gone
            if "posturewatch.sensor" in " ".join(child.cmdline()):
                found.append(child)
    return found


@pytest.mark.alone
def test_a_running_app_is_steered_and_ends_in_order(running: tuple[Cli, psutil.Process]) -> None:
    """It measures, a second start shows its status, a pause ends the sensor within two seconds, quit ends all."""
    cli, process = running
    seen = wait_for_status(cli, lambda told: told["state"] in ("upright", "forward"))
    assert seen["fht_in"] is not None
    assert seen["load"] is not None
    assert "running already" in cli.run("run", code=8).out
    assert len(sensors(process)) == 1
    cli.run("pause", "30min")
    since = time.monotonic()
    while sensors(process) and time.monotonic() - since < 10:
        time.sleep(0.05)
    assert time.monotonic() - since <= 2.0
    assert not wait_for_status(cli, lambda told: told["paused"])["watching"]
    cli.run("resume")
    wait_for_status(cli, lambda told: told["watching"])
    cli.run("quit")
    process.wait(60)
    assert "not running" in cli.run("status", code=8).err
    assert list((cli.home / "data" / "days").glob("*.csv"))
    assert {path.name for path in (cli.home / "state").iterdir()} <= {"instance.lock"}


@pytest.mark.unix_only("signals are POSIX")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_in_order(running: tuple[Cli, psutil.Process], number: str) -> None:
    """The signal is a QUIT: exit code 0, the sensor gone, the stop written down."""
    cli, process = running
    wait_for_status(cli, lambda told: told["watching"])
    eyes = sensors(process)
    process.send_signal(getattr(signal, number))
    assert process.wait(60) == 0
    assert not any(eye.is_running() for eye in eyes)
    from posturewatch.journal.reader import open_reader

    with open_reader(cli.home / "data" / "journal.sqlite") as journal:
        kinds = [event.kind.value for event in journal.content().events]
    assert kinds[0] == "start"
    assert kinds[-1] == "stop"


@pytest.mark.unix_only("signals are POSIX")
def test_a_kill_leaves_no_camera_held(running: tuple[Cli, psutil.Process]) -> None:
    """After SIGKILL of the app the sensor ends by itself, and the next start finds no lock in its way."""
    cli, process = running
    wait_for_status(cli, lambda told: told["watching"])
    eyes = sensors(process)
    process.kill()
    _gone, left = psutil.wait_procs(eyes, timeout=30)
    assert left == []
    assert cli.run("status", code=8).err
    app = cli.start("run", "--no-tray", "--source", TEST)
    try:
        wait_for_status(cli, lambda told: told["watching"])
        cli.run("quit")
        assert app.wait(60) == 0
    finally:
        app.kill()
        app.communicate()


def test_without_a_window_the_terminal_has_the_exercise(exercising: Cli, running: tuple[Cli, psutil.Process]) -> None:
    """A break taken on the command line says what to do, with the safety sentence, and status says that it runs."""
    wait_for_status(exercising, lambda told: told["state"] in ("upright", "forward"))
    assert "No break is due." in exercising.run("break", "skip", code=2).err
    words = " ".join(exercising.run("break").out.split())
    assert "Gentle chin nod" in words
    assert "5 times, 5 seconds each" in words
    assert "Stop if you get sharp or spreading pain" in words
    assert "You are on a break." in exercising.run("status").out
    exercising.run("break", "postpone")
    assert wait_for_status(exercising, lambda told: not told["on_break"])["next_break_s"] <= 300


def test_a_change_of_the_settings_is_taken_up_at_once(running: tuple[Cli, psutil.Process]) -> None:
    """The threshold is changed in the file: the running app has it within seconds; a mistake keeps the old one."""
    cli, _process = running
    wait_for_status(cli, lambda told: told["watching"])
    cli.run("config", "init")
    cli.run("config", "set", "posture.threshold", "2.2")
    wait_for_status(cli, lambda told: told["threshold_in"] == 2.2, within_s=15)
    path = cli.home / "config" / "config.toml"
    path.write_text("[posture]\nthreshhold = 1.0\n")
    told = wait_for_status(cli, lambda told: told["trouble"], within_s=15)
    assert "threshold" in str(told["trouble"])
    assert told["threshold_in"] == 2.2


@pytest.mark.alone
def test_what_was_recorded_live_is_replayed_to_the_same_minutes(calibrated: Cli, tmp_path: Path) -> None:
    """`run --record` leaves a private file of what was seen; played into another journal, it says the same of how
    somebody sat: by as many looks, as many seconds with a number, but for those in which the sensor starts and for what
    comes after the last look, and as many inches times seconds. A mean would hang on those few seconds, when the head
    is back, and a median on where the wall clock cuts the minutes."""
    from posturewatch.journal.reader import open_reader

    other = Cli(tmp_path / "other")
    shutil.copytree(calibrated.home, other.home)
    path = tmp_path / "seen.jsonl"
    app = calibrated.start("run", "--no-tray", "--source", TEST, "--record", str(path))
    try:
        assert app.wait(200) == 0  # the clip's end
    finally:
        app.kill()
        _out, said = app.communicate()
    assert str(path) in said
    assert "never a picture" in said
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    # On the day of the calibration: on another one it would be measured as untied, and say so by its error.
    other.run("replay", str(path), "--start", f"{datetime.now().astimezone():%Y-%m-%d}T09:00")
    inch_s, valid_s, frames = [], [], []
    for cli in (calibrated, other):
        with open_reader(cli.home / "data" / "journal.sqlite") as journal:
            rows = [row for row in journal.content().minutes if row.valid_s]
        frames.append(sum(row.frames for row in rows))
        valid_s.append(sum(row.valid_s for row in rows))
        inch_s.append(sum((row.fht_mean_in or 0.0) * row.valid_s for row in rows))
    assert frames[1] == pytest.approx(frames[0], abs=1)
    assert valid_s[1] == pytest.approx(valid_s[0], abs=5)
    assert inch_s[1] == pytest.approx(inch_s[0], abs=0.1 * valid_s[0])


def test_the_package_has_what_it_needs() -> None:
    """The clip and its truth lie inside the package, so that an installed one can show the demo."""
    package = Path(posturewatch.__file__).parent
    assert {path.name for path in (package / "demo_data").iterdir()} == {"calibration.mp4", "test.mp4", "truth.csv"}
    assert sys.version_info >= (3, 11)
