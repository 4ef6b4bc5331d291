"""How the command line ends: a message, a hint and an exit code; for a bug, a crash report that stays here.

Terminals and pipes that cannot show every sign get a plainer one in its place, never an error. Windows hands a pipe
the code page of the country, and some terminals know ASCII alone. A minus that became a question mark would be a
lie, so the signs of our own that carry meaning have a plain form here.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import signal
import sys
import threading
from typing import Any, Final, NoReturn

import click

from posturewatch.base.errors import PosturewatchError, came_of_interrupt
from posturewatch.base.i18n import _, lend_to_libraries, set_language
from posturewatch.base.outside import cleaned
from posturewatch.base.system_packages import missing_package, reinstall

INTERRUPTED: Final = 130


def run_and_exit(interrupt: Any = signal.default_int_handler) -> NoReturn:
    """Run the command that the words on the command line ask for, then exit as ``posturewatch.base.errors`` says.

    ``interrupt``: what Ctrl+C does from now on.
    """
    from posturewatch.cli.common import language_wish

    let_all_be_shown()
    read_utf8()
    out = sys.stdout
    set_language(language_wish())
    lend_to_libraries()
    try:
        from posturewatch.cli.commands import build

        hear_lost_interrupts()
        signal.signal(signal.SIGINT, interrupt)
        # What is given is meant: as a shell of Unix would, click replaces *, [1], ~ and %NAME% on Windows, in notes too
        result = build().main(prog_name="posturewatch", standalone_mode=False, windows_expand_args=False)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done: while Python tidies up there is nothing to tell
        sys.exit(result if isinstance(result, int) else 0)
    except SystemExit as end:
        # Whoever read us has gone, as head does: click has put other streams in place and ended with 1.
        sys.exit(0 if sys.stdout is not out else end.code)
    except BrokenPipeError:
        # Python would complain again while it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (Exception, KeyboardInterrupt) as err:
        if came_of_interrupt(err):
            err = KeyboardInterrupt()
        interrupted = isinstance(err, click.Abort | KeyboardInterrupt)
        signal.signal(signal.SIGINT, signal.SIG_IGN if interrupted else signal.SIG_DFL)  # pressed twice is heard once
        code = _told(err, as_json=wants_json(sys.argv[1:]))
        if interrupted:
            _end_at_once(code)
        sys.exit(code)


def hear_lost_interrupts() -> None:
    """Ctrl+C in a place where Python can raise nothing (a callback at the end of an import, say) is pressed again a
    moment later; Python itself would print a traceback and forget it."""
    before = sys.unraisablehook

    def again(lost: sys.UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            before(lost)
        else:
            threading.Timer(0.02, _press_again).start()

    sys.unraisablehook = again


def _press_again() -> None:
    """By the signal itself: it also ends what the main thread waits for, which `_thread.interrupt_main` does not."""
    if sys.platform == "win32":
        signal.raise_signal(signal.SIGINT)  # it has no signals to a thread: whichever raises it, the main one is woken
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _end_at_once(code: int) -> NoReturn:
    """End without what Python does at the end: libraries that were interrupted half loaded print tracebacks then, and a
    class that was interrupted while it was made changes the exit code. What we hold open has been closed on the way."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def _told(err: Exception | KeyboardInterrupt, *, as_json: bool) -> int:
    """Tell the user, or the program that reads us, what has ended the command; the exit code."""
    if isinstance(err, click.ClickException) and not as_json:
        said = io.StringIO()
        err.show(said)
        click.echo(cleaned(said.getvalue(), lines=True), err=True, nl=False)  # it may repeat what was given
        return 2
    message, hint, code = _in_words(err)
    if as_json:
        print_error(message, hint, code)
    elif isinstance(err, PosturewatchError):
        say_error(err)
    else:
        for line in filter(None, (message, hint)):
            click.echo(line, err=True)
    return code


def _in_words(err: Exception | KeyboardInterrupt) -> tuple[str, str, int]:
    """What is wrong, what to do about it, and the exit code. For a bug a report is written."""
    if isinstance(err, PosturewatchError):
        return err.message, err.hint, err.exit_code
    if isinstance(err, click.ClickException):
        return err.format_message(), "", 2
    if isinstance(err, click.Abort | KeyboardInterrupt):
        return _("Interrupted."), "", INTERRUPTED
    if missing := missing_package(err):
        says = _("This command needs {name}, which is not installed.").format(name=missing)
        return says, reinstall("posturewatch"), 1
    from posturewatch.cli.crash import write_report

    path = write_report(err)
    hint = _("A report without your paths and names lies in {path}; nothing was sent.").format(path=path)
    return _("Something unexpected went wrong: {kind}").format(kind=type(err).__name__), hint if path else "", 1


def wants_json(words: list[str]) -> bool:
    """Whether a program reads the answer; what stands behind ``--`` is no option."""
    return "--json" in (words[: words.index("--")] if "--" in words else words)


def print_error(message: str, hint: str, exit_code: int) -> None:
    """An error as JSON on the output stream, for a program."""
    from posturewatch.cli.common import print_json

    print_json({"error": {"message": message, "hint": hint, "exit_code": exit_code}})


def say_error(err: PosturewatchError) -> None:
    """Print what is wrong and what to do about it, on the error stream."""
    click.echo(click.style(_("Error: {message}").format(message=cleaned(err.message, lines=True)), fg="red"), err=True)
    if err.hint:
        click.echo(cleaned(err.hint, lines=True), err=True)


_NAME: Final = "posturewatch.plainer"

_PLAINER: Final = {
    "−": "-", "–": "-", "…": "...", "·": "-", "±": "+/-", "×": "x", "≥": ">=", "≤": "<=", "≈": "~", "›": ">", "’": "'",
    "„": '"', "“": '"', "”": '"',
    "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
    "✓": "ok", "✗": "!", "●": "*", "○": "o", "◆": "*", "■": "#", "□": "o", "▲": "!", "△": "^", "─": "-",
    "░": ".", "▒": "o", "▓": "#", "█": "#",
    "▁": "1", "▂": "2", "▃": "3", "▄": "4", "▅": "5", "▆": "6", "▇": "7",
}  # fmt: skip
"""The eighths of a column, with which the terminal draws a curve, become their number of eighths."""


def let_all_be_shown() -> None:
    """From now on what standard output and error cannot encode comes out plainer; call once, at the start."""
    codecs.register_error(_NAME, _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def read_utf8() -> None:
    """From now on what is piped in is UTF-8. Windows takes it for the country's code page: a passphrase would have
    other letters than the same one typed, and what it has closed would not open."""
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")


def _plainer(err: UnicodeError) -> tuple[str, int]:
    if not isinstance(err, UnicodeEncodeError):
        raise err
    unknown = err.object[err.start : err.end]
    return "".join(_PLAINER.get(sign, "?") for sign in unknown), err.end
