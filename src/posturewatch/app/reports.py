"""From the journal to a report: reads the rows, hands them to the report room, gives back text or bytes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from posturewatch.edges.folders import Folders
from posturewatch.edges.journal_read import open_reader
from posturewatch.settings import Settings

if TYPE_CHECKING:
    from posturewatch.report.material import Material


def material(folders: Folders, first: date, last: date, now: datetime, settings: Settings) -> Material:
    """What a report of the days ``first`` to ``last`` is made of; raises JournalError where there is no journal."""
    from posturewatch.report.material import gather

    with open_reader(folders.journal_file) as journal:
        content = journal.content(first, last)
        return gather(
            content.minutes,
            content.events,
            content.diary,
            content.calibrations,
            first=first,
            last=last,
            made_at=now,
            name=settings.report.name,
            units=settings.user.units,
            zone=f"{now:%Z}",
        )


def day_report(folders: Folders, day: date, now: datetime, settings: Settings) -> str:
    """The HTML page of one day."""
    from posturewatch.report.html_page import render_html

    return render_html(material(folders, day, day, now, settings))
