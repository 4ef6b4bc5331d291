"""measure, replay, demo: recordings in place of a camera."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _, ngettext
from posturewatch.base.outside import moment_of
from posturewatch.base.quantities import length, number, rounded, whole
from posturewatch.base.source_names import exists, given_source, left_out
from posturewatch.base.wording import reason_words, state_words
from posturewatch.cli.columns import row
from posturewatch.cli.common import (
    OUT_FILE,
    folders,
    given_profile,
    json_option,
    own_settings,
    print_json,
    right_now,
    settings,
    units_wish,
)
from posturewatch.cli.progress import RunningCount

NAMED = 5
"""Names of what was left out that are shown."""


if TYPE_CHECKING:
    from posturewatch.base.records import Reminder


@click.command(
    help=_(
        "Measure SOURCE (a video file or a folder of images) frame by frame into a CSV, against a calibration from "
        "another recording of the same person sitting upright. SOURCE may also be a folder with test and "
        "calibration in it."
    )
)
@click.argument("source")
@click.option("--calibrate", metavar="SOURCE", help=_("A recording of sitting upright; ten frames or more."))
@click.option("--profile", metavar="NAME", help=_("Instead: the calibration kept under this name."))
@click.option(
    "--before",
    metavar="SOURCE",
    multiple=True,
    help=_("What was seen of the same sitting first; not written out. Can be given several times, in order."),
)
@click.option("--stills", is_flag=True, help=_("Frames are unrelated pictures; each is measured by itself."))
@click.option("--out", type=OUT_FILE, required=True, help=_("The CSV to write."))
@json_option
def measure(  # noqa: PLR0917  (click passes them by name)
    source: str,
    calibrate: str | None,
    profile: str | None,
    before: tuple[str, ...],
    stills: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Print or write a row of numbers for each frame."""
    from posturewatch.app.calibration import in_force_of
    from posturewatch.offline.measure import find_pair
    from posturewatch.offline.measure import measure as run

    if profile is not None and calibrate is not None:
        raise UsageError(
            _("--calibrate and --profile cannot be used together."),
            _("Name the recording of sitting upright, or the profile that was calibrated before."),
        )
    _see_that_it_is_no_address(source)
    kept = in_force_of(folders(), given_profile(profile)) if profile is not None else None
    recording, against = (source, kept) if kept is not None else find_pair(source, calibrate)
    with RunningCount(_("frames")) as bar:
        done = run(recording, against, out, settings(), before=before, stills=stills, told=bar.update)
    if as_json:
        print_json(
            {
                "out": str(done.out),
                "frames": done.frames,
                "answered": done.answered,
                "repeatability_in": rounded(done.repeatability_in, 3),
                "reasons": {reason.value: count for reason, count in done.reasons.items()},
                "left_out": left_out(recording),
            }
        )
        return
    click.echo(
        ngettext(
            "{frames} frame, {answered} with a number; calibration repeatable to {error}. Wrote {path}.",
            "{frames} frames, {answered} with a number; calibration repeatable to {error}. Wrote {path}.",
            done.frames,
        ).format(
            frames=done.frames,
            answered=done.answered,
            error=length(done.repeatability_in, units_wish(), 2),
            path=done.out,
        )
    )
    if done.mostly is not None:
        click.echo(_("Without a number mostly for this reason: {why}").format(why=reason_words(done.mostly)))
    _say_what_is_left_out(recording)


@click.command(
    help=_(
        "Replay SOURCE (a video file, a folder of images, or recorded observations in .jsonl) as if it were live: "
        "monitor, reminders, breaks and journal on the recording's own time. Use --home for a journal of its own."
    )
)
@click.argument("source")
@click.option("--start", metavar="ISO", help=_("When it begins, such as 2026-11-22T09:00; default: now."))
@click.option("--speed", default="max", show_default=True, help=_("max, or how many times as fast as life."))
@click.option("--calibrate", metavar="SOURCE", help=_("Calibrate from this recording first."))
@click.option("--quick", is_flag=True, help=_("With --calibrate: tie the calibration in force to this recording."))
@click.option("--loop", "rounds", type=click.IntRange(1, 100_000), default=1, help=_("Play it so many times."))
@click.option(
    "--scenes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("A text file of what happens around it: meetings, locks, pauses."),
)
@json_option
def replay(  # noqa: PLR0917  (click passes them by name)
    source: str,
    start: str | None,
    speed: str,
    calibrate: str | None,
    quick: bool,
    rounds: int,
    scenes: Path | None,
    as_json: bool,
) -> None:
    """Run a recording through the loop, and print what came of it."""
    from posturewatch.offline.replay import ReplayOptions, replay_recording
    from posturewatch.offline.script import read_scenes

    begin, here = _start(start)
    if quick and calibrate is None:
        raise UsageError(
            _("--quick needs a recording of sitting upright."), _("Add --calibrate SOURCE, five frames or more.")
        )
    _see_that_it_is_no_address(source)
    wish = ReplayOptions(
        begin,
        here=here,
        quick=quick,
        speed=_speed(speed),
        rounds=rounds,
        scenes=read_scenes(scenes) if scenes is not None else (),
    )
    hear = _say_nothing if as_json else _say
    with RunningCount(_("seconds of media time")) as bar:
        told = replay_recording(source, calibrate, wish, folders(), own_settings(), hear=hear, told=bar.update)
    seconds = {state.value: rounded(value, 1) for state, value in told.states_s.items()}
    if as_json:
        print_json(
            {
                "media_s": rounded(told.media_s, 1),
                "states_s": seconds,
                "reminders": [
                    {"at": at.isoformat(), "kind": said.kind.value, "title": said.title, "muted": said.muted}
                    for at, said in told.reminders
                ],
                "left_out": left_out(source),
            }
        )
        return
    click.echo(_("Replayed {seconds} s of media time.").format(seconds=whole(told.media_s)))
    for state, lasted_s in told.states_s.items():
        click.echo(f"  {number(lasted_s, 1):>9} s  {state_words(state)}")
    _say_what_is_left_out(source)


@click.command(
    help=_(
        "Show the whole way on the recorded clip that ships with posturewatch: no camera, no screen, under a minute. "
        "Leaves a log and a report and says where."
    )
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("posturewatch-demo"),
    show_default=True,
    help=_("The folder to write into."),
)
@json_option
def demo(out: Path, as_json: bool) -> None:
    """From the clip to the report."""
    from posturewatch.offline.demo import demo as run

    done = run(out.absolute(), right_now(), (lambda _words: None) if as_json else click.echo)
    files = {"report": done.report, "day": done.day_csv, "journal": done.journal, "frames": done.measured.out}
    if as_json:
        body: dict[str, Any] = {name: str(path) for name, path in files.items()}
        error_in = None if done.error_in is None else round(done.error_in, 3)
        body |= {"error_in": error_in, "reminders": [said.title for _at, said in done.told.reminders]}
        print_json(body)
        return
    click.echo()
    click.echo(
        _("{answered} of {frames} frames measured, calibration repeatable to {error}.").format(
            answered=done.measured.answered,
            frames=done.measured.frames,
            error=length(done.measured.repeatability_in, units_wish(), 2),
        )
    )
    if done.error_in is not None:
        click.echo(
            _("Mean error against the clip's known truth: {error} (filtered over time).").format(
                error=length(done.error_in, units_wish(), 2)
            )
        )
    for at, said in done.told.reminders:
        _say(at, said)
    click.echo()
    click.echo(_("The report:            {path}").format(path=files["report"]))
    click.echo(_("The day's log:         {path}").format(path=files["day"]))
    click.echo(_("Each frame's numbers:  {path}").format(path=files["frames"]))
    click.echo(_("The journal:           {path}").format(path=files["journal"]))


def _see_that_it_is_no_address(source: str) -> None:
    """An address without its scheme may hold a password: no error says that there is no such file, and names it."""
    if "://" not in source and not exists(source):
        given_source(source)


def _say_what_is_left_out(source: str) -> None:
    """Name what lies in a folder and is no image that can be read."""
    names = left_out(source)
    if names:
        shown = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
        words = ngettext(
            "{n} file or folder was left out, being no image: {names}",
            "{n} files or folders were left out, being no images: {names}",
            len(names),
        )
        for line in row(words.format(n=len(names), names=shown), indent=2):
            click.echo(line)


def _say(at: datetime, said: Reminder) -> None:
    muted = _("(muted: {why})").format(why=said.muted) if said.muted else ""
    click.echo(f"{at:%H:%M:%S}  {said.title} | {said.body} {muted}".rstrip())


def _say_nothing(_at: datetime, _said: Reminder) -> None:
    """A program reads the summary."""


def _start(text: str | None) -> tuple[datetime, bool]:
    """When it begins, and whether it is told in this computer's zone (no other was named)."""
    from posturewatch.base.clock import with_zone

    if text is None:
        return right_now(), True
    try:
        moment = moment_of(text)
    except ValueError as err:
        raise UsageError(_("{text} is no time.").format(text=text), _("Write it as 2026-11-22T09:00.")) from err
    return (moment, False) if moment.tzinfo is not None else (with_zone(moment), True)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0.01 <= speed <= 100_000:
        raise UsageError(_("{text} is no speed.").format(text=text), _("Write max, or a number such as 10."))
    return speed
