"""The guided first run in the terminal; the pages come from ``first_run.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.folding import wide
from posturewatch.base.i18n import _
from posturewatch.ui.first_run import ORDER, Answers, Page, SetupStep, SetupTools, page_for, take


def run_in_terminal(
    tools: SetupTools,
    answers: Answers,
    platform: str,
    ask: Callable[[str], str],
    say: Callable[[str], None],
) -> Answers:
    """Go through the pages with ``say`` (a line out) and ``ask`` (a prompt out, a line in) and apply the answers.

    Raises what ``ask`` raises at the end of input, and PosturewatchError from applying.
    """
    cameras = tools.cameras()
    for step in ORDER:
        if step is SetupStep.DONE:
            tools.apply(answers)
        page = page_for(step, answers, cameras, platform)
        say("")
        say(page.title)
        say("-" * wide(page.title))
        for paragraph in page.text:
            say(paragraph)
        if page.choices:
            answers = take(step, answers, _ask_choice(page, ask, say))
        if page.does == "calibrate":
            answers = _calibrate_in_terminal(tools, answers, ask, say)
        elif step is SetupStep.WELCOME:
            ask(_("Press Return to go on."))
    return answers


def _ask_choice(page: Page, ask: Callable[[str], str], say: Callable[[str], None]) -> str:
    default = next((n for n, choice in enumerate(page.choices, 1) if choice.value == page.chosen), 1)
    for number, choice in enumerate(page.choices, 1):
        say(f"  {number}  {choice.text}")
    while True:
        text = ask(_("Number (Return = {default}):").format(default=default)).strip()
        if not text:
            return page.choices[default - 1].value
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(page.choices):
            return page.choices[int(text) - 1].value
        say(_("Please give one of the numbers."))


def _calibrate_in_terminal(
    tools: SetupTools, answers: Answers, ask: Callable[[str], str], say: Callable[[str], None]
) -> Answers:
    while True:
        text = ask(_("Press Return to start, or type s to skip:")).strip().lower()
        if text.startswith("s"):
            return answers
        try:
            say(tools.calibrate(answers.source, _changes_only(say)))
        except PosturewatchError as err:
            say(err.message)
            if err.hint:
                say(err.hint)
            continue
        return replace(answers, calibrated=True)


def _changes_only(say: Callable[[str], None]) -> Callable[[float, str], None]:
    """Tells the words of a calibration's progress, each time they change."""
    before = ""

    def tell(_share: float, words: str) -> None:
        nonlocal before
        if words and words != before:
            say(f"  {words}")
        before = words

    return tell
