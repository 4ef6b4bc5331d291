"""Who signed a file of ours, what that is worth by what is known of its owner, and both in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from posturewatch.base.i18n import _
from posturewatch.exchange.archive import ExportArchive
from posturewatch.exchange.signing import KnownKey, KnownKeys, PublicKey, Standing


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from. ``known``: the keys that its owner's files were signed by before, the oldest first."""

    file: str
    owner: str
    standing: Standing
    public: PublicKey | None
    known: tuple[KnownKey, ...]

    @property
    def doubtful(self) -> bool:
        """Whether somebody else may have made the file: nothing that came before speaks for it, and something did."""
        return self.standing in (Standing.OTHER, Standing.NO_LONGER_SIGNED)

    def said(self) -> str:
        """Who signed it, as a sentence."""
        since = min((key.first_seen for key in self.known if key.public == self.public), default=None)
        match self.standing:
            case Standing.SAME:
                said = _("{file}: signed by the same computer as last time ({words}; known since {day}).")
            case Standing.FIRST:
                said = _("{file}: signed by a computer that is seen for the first time ({words}).")
            case Standing.OTHER:
                said = _("{file}: signed by another computer ({words}) than last time ({before}).")
            case Standing.NO_LONGER_SIGNED:
                said = _("{file}: not signed, though a file with this number was before.")
            case Standing.UNSIGNED:
                said = _("{file}: not signed, as older versions write it. Whether it was changed cannot be seen.")
        return said.format(
            file=self.file,
            words=self.public.words if self.public else "",
            before=", ".join(key.public.words for key in self.known),
            day=f"{since:%Y-%m-%d}" if since else "",
        )

    def with_advice(self) -> str:
        """Who signed it, and what its reader should do about that."""
        match self.standing:
            case Standing.FIRST:
                advice = _("Let the person read to you the six words that their computer shows, and compare.")
            case Standing.OTHER:
                advice = _(
                    "Before you rely on it, let the person read to you the six words that their computer shows. If "
                    "they are the same, `review --compared` remembers this computer, too."
                )
            case Standing.NO_LONGER_SIGNED:
                advice = _("It is older than those, or was changed: ask the person for a new one.")
            case _:
                return self.said()
        return f"{self.said()} {advice}"

    def as_json(self) -> dict[str, Any]:
        """For ``--json``: file, standing, words and public key (null without a signature)."""
        return {
            "file": self.file,
            "standing": str(self.standing),
            "words": self.public.words if self.public else None,
            "public_key": self.public.raw.hex() if self.public else None,
        }


def origin_of(archive: ExportArchive, known: KnownKeys, compared: datetime | None = None) -> Origin:
    """The origin of an opened file. ``compared``: when people compared the words of another computer's key, which makes
    it a known one. Raises DataError where the memory of keys is damaged."""
    owner, signer = archive.manifest.subject, archive.signer
    origin = Origin(archive.path.name, owner, known.standing(owner, signer), signer, known.of(owner))
    if origin.standing is Standing.OTHER and signer is not None and compared is not None:
        return replace(origin, standing=Standing.SAME, known=(*origin.known, KnownKey(signer, compared)))
    return origin


def beside_one_another(origins: Sequence[Origin], now: datetime) -> tuple[Origin, ...]:
    """Of files that are read together and all seen for the first time, the first one's key is the person's; one with
    another key is of another computer."""
    firsts = [origin.public for origin in origins if origin.standing is Standing.FIRST and origin.public is not None]
    return tuple(
        replace(origin, standing=Standing.OTHER, known=(KnownKey(firsts[0], now),))
        if origin.standing is Standing.FIRST and origin.public != firsts[0]
        else origin
        for origin in origins
    )


def remember(origins: Iterable[Origin], known: KnownKeys, now: datetime) -> None:
    """Know the keys of these files from now on, but for those in doubt. Raises DataError, FolderError."""
    for origin in origins:
        if origin.public is not None and not origin.doubtful:
            known.remember(origin.owner, origin.public, now)
