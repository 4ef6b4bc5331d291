"""A movement check in a terminal with a simulated person, quicker than life; started by ``test_terminal_check``."""

from __future__ import annotations

import json
import sys
import time

from core.posture.movement.test_run import AT, BEFORE, EXACT, ScriptedPerson
from posturewatch.app.terminal_check import TerminalCheck
from posturewatch.base.movement import to_json
from posturewatch.base.settings import UserSettings
from posturewatch.cli.movement import Guide
from posturewatch.core.posture.movement.run import CheckStage, MovementRun
from posturewatch.core.posture.movement.steps import CheckStep


def main() -> None:
    """Turn left and right; the rows as JSON on the last line."""
    run = MovementRun("desk", UserSettings(), AT, BEFORE, steps=(CheckStep.TURN,), gain=EXACT)
    person, guide = ScriptedPerson(run), Guide()
    with guide.keys() as pressed:
        check = TerminalCheck(run, guide, pressed)
        while run.stage is not CheckStage.DONE:
            person.look()
            check.turn()
            time.sleep(0.004)  # the pace of the looks
    guide.say("")
    sys.stdout.write(json.dumps([to_json(row) for row in run.rows]) + "\n")


if __name__ == "__main__":
    main()
