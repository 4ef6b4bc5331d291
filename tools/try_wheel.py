"""The wheel, installed by pipx and by uv with each of some Pythons, each time into a home of its own, and seen working.

    python tools/try_wheel.py FILE.whl PYTHON...      # for example /usr/bin/python3.11 python3.14

Needs an environment with ``pipx`` and ``uv``, the package index, 2 GB and some minutes for each. Looked at: the
commands that were installed, the version, the demo's figures, and what ``doctor`` says of the libraries. Exit code 1
where something is not as it should be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

INSTALLERS: Final = {
    "pipx": ("pipx", "install", "--quiet", "--python"),
    "uv": ("uv", "tool", "install", "--quiet", "--no-python-downloads", "--python"),
}
LIBRARIES: Final = ("opencv", "models", "mediapipe")


class TrialError(Exception):
    """Something is not as it should be; the message says what."""


def look(wheel: Path, python: str, installer: str, home: Path) -> str:
    """Install into ``home`` and look; what was seen. Raises TrialError."""
    dropped = ("PYTHON", "VIRTUAL_ENV", "PIPX", "XDG_", "UV_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment |= {"HOME": str(home), "PATH": f"{home}/.local/bin{os.pathsep}{os.environ['PATH']}"}

    def run(*words: str, codes: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(words, env=environment, cwd=home, capture_output=True, text=True, check=False)
        if done.returncode not in codes or "Traceback" in done.stderr:
            raise TrialError(f"{' '.join(words)}: exit code {done.returncode}\n{(done.stderr or done.stdout)[-1500:]}")
        return done.stdout

    begin_s = time.monotonic()
    run(sys.executable, "-m", *INSTALLERS[installer], python, str(wheel))
    lasted_s = time.monotonic() - begin_s
    version = run("posturewatch", "--version").strip()
    told = json.loads(run("posturewatch", "demo", "--out", str(home / "demo"), "--json"))
    if not (home / "demo" / "report.html").is_file():
        raise TrialError("the demo wrote no report")
    checks = json.loads(run("posturewatch", "doctor", "--no-camera", "--json", codes=(0, 1)))
    broken = [one for one in checks if one["part"] in LIBRARIES and one["level"] != "ok"]
    if broken:
        raise TrialError(str(broken))
    size = sum(path.lstat().st_size for path in (home / ".local").rglob("*"))
    return f"{version}, installed in {lasted_s:.0f} s, {size / 1e6:.0f} MB; mean error {told['error_in']:.2f} in"


def main(words: list[str]) -> int:
    """Each Python by each installer."""
    if len(words) < 2 or words[0].startswith("-"):
        print(__doc__)
        return 2
    wheel, failed = Path(words[0]).resolve(), 0
    for python in words[1:]:
        number = subprocess.run((python, "--version"), capture_output=True, text=True, check=True).stdout.strip()
        for installer in INSTALLERS:
            with tempfile.TemporaryDirectory() as home:
                try:
                    says = look(wheel, python, installer, Path(home))
                except TrialError as err:
                    failed += 1
                    says = f"FAILED: {err}"
            print(f"{number} by {installer}: {says}", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
