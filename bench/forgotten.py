"""Forgets on a disk of its own, and looks through every byte of that disk for what was to be gone.

    sudo .venv/bin/python bench/forgotten.py                         ext4, xfs and btrfs
    sudo .venv/bin/python bench/forgotten.py --file-system btrfs

On each file system, on an image in a file, a user lives with the program: a profile with a typed name, a diary whose
entries are changed and removed, a camera's password, settings, reports, an app that is killed while it runs, a journal
that is damaged and rescued, and a practice with two patients. Each has words that occur nowhere else. Then
``practice forget`` and ``forget --all``; the disk is taken away and its image is read from the first byte to the last.

Two things are counted: the words, wherever they stand; and the pieces of files of ours as they were after each step,
known by 48 bytes at every 512th, which finds packed content too (PDF, zip, Parquet). What the files that are left still
hold does not count. Where the file system writes over (ext4, xfs) nothing may be found but names in folders, which are
counted by themselves. Where it copies on write (btrfs) folders of ours are asked to be written over in place, and hold
to the same; the folder from which patients' files are taken is not ours: what is found of it is told, and the command
must have said so. Exit code 1 where that does not hold. Needs ``btrfs-progs`` and ``xfsprogs`` for those two.
"""

from __future__ import annotations

import argparse
import mmap
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from camera_server import camera, playing  # noqa: E402
from cli.run_cli import Cli  # noqa: E402
from faults.running_app import running  # noqa: E402
from posturewatch.base.loop_commands import CommandKind  # noqa: E402
from posturewatch.disk.folders import find_folders  # noqa: E402
from posturewatch.practice.intake import take_inbox  # noqa: E402
from posturewatch.practice.lake import open_lake  # noqa: E402
from posturewatch.practice.register import Register  # noqa: E402
from power_cut import MAKE, make_image, mounted  # noqa: E402
from practice.shared_files import journal, share, with_note  # noqa: E402
from soak import frames_of  # noqa: E402

WORDS = {
    "profile": "Kanapee-Profilwort",
    "diary": "Nackenwort-Zitronenfalter",
    "changed entry": "Altwort-Perlmutt",
    "removed entry": "Fortwort-Heckenrose",
    "medication": "Arzneiwort-Quendel",
    "password": "Kamerawort-Vexierbild",
    "settings of before": "http-wort-lagune",
    "entry of the damaged journal": "Bruchwort-Steinnelke",
    "patient": "Ottoline-Patientenwort",
}
IN_FILE = {"patient's note": "Quixotry-Notizwort", "patient's number": "subject-Vexillum-Nummer"}
"""What stands in a patient's own file, too."""
NAMES = {"name of a patient's file": "Zebulon-Dateiwort"}
"""What stands in folders: the name of a file outlives it there until another takes its place."""

COPIES = frozenset({"btrfs"})
"""File systems that write anew instead of over."""

OF_THE_SYSTEM = ("control.json", ".sqlite-shm")
"""Where the app listened, and SQLite's table of pages: nothing in them is the user's."""

WINDOW, STEP = 48, 512
DISTINCT = 16
"""A piece with fewer different bytes in it than that is no piece of anybody."""


@dataclass
class Found:
    """What of before was on the disk afterwards. ``files``: pieces by the file that they are of."""

    words: dict[str, int] = field(default_factory=dict)
    in_file: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    pieces: int = 0


class Pieces:
    """Pieces of every file below a folder, as they were whenever they were looked at."""

    def __init__(self) -> None:
        self.of: dict[bytes, str] = {}

    def look(self, home: Path) -> None:
        """Take note of all files as they are now."""
        for path in sorted(home.rglob("*")):
            if path.is_file():
                name = re.sub(r"[0-9a-f]{8,}|\d{4}-\d\d-\d\d", "*", str(path.relative_to(home)))
                self.of |= dict.fromkeys(pieces_of(path.read_bytes()), name)

    def forgive(self, home: Path) -> None:
        """What the files that are left hold is no leftover."""
        for path in home.rglob("*"):
            if path.is_file():
                for piece in pieces_of(path.read_bytes()):
                    self.of.pop(piece, None)


def pieces_of(content: bytes | mmap.mmap) -> Iterator[bytes]:
    """Windows that tell something, at every 512th byte."""
    for place in range(0, len(content) - WINDOW + 1, STEP):
        piece = content[place : place + WINDOW]
        if len(set(piece)) >= DISTINCT:
            yield piece


def live(disk: Path, inbox: Path) -> tuple[Pieces, str]:
    """All that a user does, and at the end forgets; the pieces of what was, and what the command said."""
    home, lake = disk / "home", disk / "home" / "data" / "practice"
    cli, folders, seen = Cli(home), find_folders({"POSTUREWATCH_HOME": str(home)}), Pieces()
    cli.run("config", "set", "camera.source", f"http://{WORDS['settings of before']}:9/video")
    seen.look(home)
    cli.run("config", "set", "camera.source", f"http://me:{WORDS['password']}@127.0.0.1:9/video")
    with camera(playing(*frames_of("test.mp4"), fps=5)) as server:
        with running(home, server.address) as app:
            app.until_it_sees()
            app.command(CommandKind.PROFILE, text=WORDS["profile"])
            app.until(lambda told: told["profile"] == WORDS["profile"])
            for name in ("diary", "changed entry", "removed entry"):
                cli.run("diary", "add", "--worst", "3", "--note", WORDS[name], "--medication", WORDS["medication"])
            seen.look(home)
            cli.run("diary", "edit", "2", "--note", "now")
            cli.run("diary", "remove", "3")
            app.command(CommandKind.WRITE_DAY)
            cli.run("report")
            cli.run("report", "--pdf", str(folders.reports / "mine.pdf"))
            seen.look(home)
        cli.run("diary", "add", "--worst", "3", "--note", WORDS["entry of the damaged journal"])
        damage(folders.journal_file)
        with running(home, server.address) as app:
            app.until_it_sees()
            app.quit()
    cli.run("report", "--html", str(folders.reports / "mine.html"))
    seen.look(home)
    said = practise(lake, inbox, cli, seen)
    said += cli.run("forget", "--all", "--yes").out
    os.sync()
    seen.forgive(home)
    seen.forgive(inbox)
    return seen, said


def damage(path: Path) -> None:
    """Junk over a page in the middle."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(os.urandom(4096))


def practise(lake: Path, inbox: Path, cli: Cli, seen: Pieces) -> str:
    """Two patients, of whom one is named, shown and forgotten; what is said then."""
    content = with_note(journal(1, weeks=3), IN_FILE["patient's note"])
    share(inbox, NAMES["name of a patient's file"] + ".zip", content, IN_FILE["patient's number"])
    share(inbox, "other.zip", journal(2, weeks=3), "other")
    made = open_lake(lake)
    take_inbox(made, inbox, lambda _path: None)
    (number,) = (row["patient"] for row in Register.read(made).files.values() if row["name"] != "other.zip")
    in_lake = ("practice", "--lake", str(lake))
    cli.run(*in_lake, "name", str(number), WORDS["patient"])
    cli.run(*in_lake, "worklist")
    cli.run(*in_lake, "report", str(number))
    seen.look(cli.home)
    seen.look(inbox)
    return cli.run(*in_lake, "forget", str(number), "--yes").out


def search(image: Path, seen: Pieces) -> Found:
    """Read the disk from the first byte to the last."""
    found = Found(pieces=len(seen.of))
    with image.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as disk:
        for into, words in ((found.words, WORDS), (found.in_file, IN_FILE), (found.names, NAMES)):
            for what, word in words.items():
                count = sum(1 for _ in re.finditer(re.escape(word.encode()), disk))
                if count:
                    into[what] = count
        for piece in pieces_of(disk):
            name = seen.of.get(piece)
            if name is not None:
                found.files[name] = found.files.get(name, 0) + 1
    return found


def trial(kind: str, folder: Path) -> bool:
    """Whether this file system kept what was promised of it; the row of the table is printed."""
    image = folder / f"{kind}.img"
    make_image(kind, image)
    with mounted(image, folder / "disk") as disk:
        inbox = disk / "inbox"
        seen, said = live(disk, inbox)
    found = search(image, seen)
    told = "writes anew" in said
    words = found.words | found.in_file
    print(
        f"{kind}: of {len(WORDS) + len(IN_FILE)} words {len(words)} are found, of {found.pieces} pieces "
        f"{sum(found.files.values())}; said that it copies: {'yes' if told else 'no'}",
        flush=True,
    )
    for title, counts in (("word", words), ("piece of", found.files), ("only a name", found.names)):
        for what, count in sorted(counts.items()):
            print(f"  {title}: {what}, {count} times", flush=True)
    theirs = found.in_file or any(name.endswith(".zip") for name in found.files)
    ours = found.words or any(not name.endswith((".zip", *OF_THE_SYSTEM)) for name in found.files)
    return not ours and told == (kind in COPIES) and (told or not theirs)


def main() -> int:
    """Each file system; 1 where a promise did not hold."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--file-system", choices=tuple(MAKE), action="append", help="may be repeated; default: all")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = [trial(kind, Path(folder)) for kind in asked.file_system or MAKE]
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main())
