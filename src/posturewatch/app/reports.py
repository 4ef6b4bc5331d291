"""From the journal, or from shared files, to a report: joins what reads with what writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posturewatch.app.keeper import read_profile
from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.outside import NAME_MAX, cleaned
from posturewatch.base.plan import PlanInForce
from posturewatch.base.settings import Settings
from posturewatch.config.plan_file import load_accepted
from posturewatch.disk.folders import Folders
from posturewatch.journal.reader import JournalReader, open_reader

if TYPE_CHECKING:
    from posturewatch.exchange.origin import Origin
    from posturewatch.exchange.share import ShareChoice
    from posturewatch.exchange.signing import KnownKeys, SigningKey
    from posturewatch.report.material import Material


@contextmanager
def material(
    folders: Folders,
    first: date,
    last: date,
    now: datetime,
    settings: Settings,
    *,
    since: date | None = None,
    kept: bool = True,
) -> Iterator[Material]:
    """What a report of the days ``first`` to ``last`` is made of, ``since`` the date of a visit; if none is given, the
    one that was ``kept``. Its minutes lie in the journal, which stays open meanwhile.

    Raises JournalError where there is no journal.
    """
    from posturewatch.report.material import gather

    with open_reader(folders.journal_file, one_state=True) as journal:
        in_force = journal.calibrations_in_force().get(read_profile(folders))
        yield gather(
            journal.stored(first, last),
            first=first,
            last=last,
            made_at=now,
            name=settings.report.name,
            units=settings.user.shown_units,
            zone=_zone(now),
            person=journal.subject(),
            calibrated_at=in_force.at if in_force is not None else None,
            since=since or (kept_visit(journal, first, last) if kept else None),
            paper=settings.report.shown_paper,
            plan=_plan(folders, settings),
        )


def _zone(now: datetime) -> str:
    """What the system calls its time zone; the file that says so may hold any signs."""
    return cleaned(f"{now:%Z}")[:NAME_MAX]


def _plan(folders: Folders, settings: Settings) -> PlanInForce | None:
    """The plan in force, with what the person keeps, so that nobody takes a limit of the plan for the one in force."""
    taken = load_accepted(folders.plan_file)
    return None if taken is None else replace(taken, kept=settings.plan.keep)


VISIT: Final = "visit"
"""Under this the journal keeps the date of the last visit, ISO."""


def kept_visit(journal: JournalReader, first: date, last: date) -> date | None:
    """The date of the last visit, where it lies within these days and not on the first."""
    try:
        visit = date.fromisoformat(journal.kept(VISIT))
    except ValueError:  # none was told
        return None
    return visit if first < visit <= last else None


def checked_visit(since: date | None, first: date, last: date, advice: str) -> date | None:
    """The date of a visit, which must leave days before it in the report; raises UsageError with this advice."""
    if since is not None and not first < since <= last:
        raise UsageError(
            _("The visit ({since}) does not lie within the report, {first} to {last}.").format(
                since=since, first=first, last=last
            ),
            advice,
        )
    return since


def day_report(folders: Folders, day: date, now: datetime, settings: Settings) -> str:
    """The HTML page of one day."""
    from posturewatch.report.html.page import render_html

    with material(folders, day, day, now, settings) as what:
        return render_html(what)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What would be shared: look at :meth:`preview` first, then :meth:`write`. ``key`` signs it and is remembered in
    ``known`` as the person's own."""

    material: Material
    choice: ShareChoice
    key: SigningKey
    known: KnownKeys

    def preview(self, *, encrypted: bool) -> str:
        """What would be shared, in words, before anything is written."""
        from posturewatch.exchange.share import preview

        return preview(self.material, self.choice, self.key.public.words, encrypted=encrypted)

    def write(self, path: Path, passphrase: str = "") -> tuple[bool, int]:
        """Write the file; says whether the PDF is in it, and how many rows are not, because nobody can read them.
        Raises DataError, UsageError for a short passphrase."""
        from posturewatch.exchange.archive import write_archive
        from posturewatch.exchange.csv_cells import LeftOut
        from posturewatch.exchange.share import manifest, members

        left, head = LeftOut(self.material.content.unread), manifest(self.material, self.choice)
        written = write_archive(path, members(self.material, left), head, self.key, passphrase, left=left)
        self.known.remember(self.material.person, self.key.public, self.material.made_at)
        return any(note.name.endswith(".pdf") for note in written.members), left.rows


@contextmanager
def parcel(folders: Folders, choice: ShareChoice, now: datetime, settings: Settings, *, name: str) -> Iterator[Parcel]:
    """Gather what was chosen, which lies in the journal until it is written, and have a key; raises JournalError,
    DataError for a damaged key."""
    from posturewatch.exchange.share import gather_chosen
    from posturewatch.exchange.signing import own_key

    key, known = own_key(folders.keys / "share.key"), known_computers(folders)
    with open_reader(folders.journal_file, one_state=True) as journal:
        content, person = journal.stored(choice.first, choice.last), journal.subject()
        chosen = gather_chosen(
            content,
            choice,
            made_at=now,
            person=person,
            name=name,
            units=settings.user.shown_units,
            zone=_zone(now),
            since=kept_visit(journal, choice.first, choice.last),
            paper=settings.report.shown_paper,
            plan=_plan(folders, settings),
        )
        yield Parcel(chosen, choice, key, known)


def known_computers(folders: Folders) -> KnownKeys:
    """Whose files were signed by which computer's key, as far as this one has seen."""
    from posturewatch.exchange.signing import KnownKeys

    return KnownKeys(folders.keys / "shares.json")


def reviewed(
    paths: Sequence[Path],
    passphrase: Callable[[Path], str],
    settings: Settings,
    folders: Folders,
    now: datetime,
    *,
    compared: bool = False,
    since: date | None = None,
) -> tuple[Material, tuple[Origin, ...]]:
    """One report of shared files of one person, and who signed each; ``passphrase`` is asked for an encrypted one. The
    key of a person's first file is remembered, one of another computer if people have ``compared`` its words.
    ``since``: the date of a visit.

    Raises ImportRefusedError, UsageError for a visit on none of the days, and DataError where the memory of keys is
    damaged.
    """
    from posturewatch.exchange.archive import is_encrypted, open_shared
    from posturewatch.exchange.origin import beside_one_another, origin_of, remember
    from posturewatch.exchange.review import join, read_shared

    files, origins, known = [], [], known_computers(folders)
    for path in paths:
        with ExitStack() as opened:
            archive = opened.enter_context(open_shared(path, passphrase(path) if is_encrypted(path) else ""))
            files.append(read_shared(path.name, archive))
            origins.append(origin_of(archive, known, now if compared else None))
    told = tuple(origins) if compared else beside_one_another(origins, now)
    first, last = min(file.first for file in files), max(file.last for file in files)
    visit = checked_visit(since, first, last, _("Give the day of a visit after the first day of the files."))
    joined = join(files, told, units=settings.user.shown_units, since=visit)
    remember(told, known, now)
    return replace(joined, paper=settings.report.shown_paper), told
