"""Signatures on what is handed to somebody, and the memory of whose key signed what before.

Ed25519 (RFC 8032) by pycryptodomex, over ``posturewatch PURPOSE``, a line feed, and the data: what was signed for one
purpose cannot pass for another. A signature says which computer's key made it and that nothing was changed since; not
who sat there. That is settled once, by people: the key's :attr:`PublicKey.words` are read to each other, and from then
on the key is known (trust on first use).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.base.i18n import _
from posturewatch.base.outside import moment_of
from posturewatch.disk.files import read_file, write_atomic
from posturewatch.disk.folders import make_folder
from posturewatch.disk.refusals import or_say_why, remedy

if TYPE_CHECKING:
    from Cryptodome.PublicKey.ECC import EccKey

MAX_SIGNATURE_BYTES: Final = 4096
"""Of a signature's text: ours has about 400."""

_SIGNATURE_FORMAT: Final = "posturewatch-signature"
_KNOWN_FORMAT: Final = "posturewatch-known-keys"
_FORMAT_VERSION: Final = 1
_ALGORITHM: Final = "Ed25519"
_CURVE: Final = "ed25519"
_KEY_BYTES: Final = 32
_MAX_KNOWN_BYTES: Final = 8 << 20
"""Of the memory of keys: forty thousand people."""

_FINGERPRINT_BYTES: Final = 8
"""Six words (RFC 1751). To make another key of the same words takes 2⁶³ tries on average; what was compared once is
held to the whole key."""

_SHUNNED: Final = """
ACHE BUM COCK DAM DEAD DIE DOOM DUMB FAT GAY GORE GUN HANG HARM HATE HEAD HELL HIT HURT ILL JERK JAIL KILL LAME LUST
MAD NECK NUT SICK SIN SLOB WAR WEAK
"""
"""Words of the list that nobody should have to read to their therapist."""


class ChangedSinceSignedError(ImportRefusedError):
    """The signature does not belong to these bytes."""


class Standing(StrEnum):
    """What a signature is worth, given what was seen before from the same owner."""

    SAME = "same"
    """Signed by a key that is known for this owner."""
    FIRST = "first"
    """Signed, and nothing that is signed was seen from this owner before."""
    OTHER = "other"
    """Signed by another key than those that are known for this owner."""
    UNSIGNED = "unsigned"
    """Not signed, and nothing of this owner was before."""
    NO_LONGER_SIGNED = "no-longer-signed"
    """Not signed, though something of this owner was before."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of an Ed25519 key: 32 bytes."""

    raw: bytes

    @property
    def words(self) -> str:
        """Six short English words (RFC 1751), the same for everybody and in every language, to be read out."""
        from Cryptodome.Util.RFC1751 import key_to_english

        for turn in range(256):  # one in ten has a word that is shunned; the next turn of the hash has others
            digest = hashlib.sha256(bytes((turn,)) + self.raw).digest()
            words = str(key_to_english(digest[:_FINGERPRINT_BYTES]))
            if not set(words.split()).intersection(_SHUNNED.split()):
                break
        return words

    def holds(self, signature: bytes, purpose: str, data: bytes) -> bool:
        """Whether this key signed ``data`` for this purpose."""
        from Cryptodome.Signature import eddsa

        try:
            eddsa.new(eddsa.import_public_key(self.raw), "rfc8032").verify(_message(purpose, data), signature)
        except ValueError:
            return False
        return True


class SigningKey:
    """A private key. Use :func:`own_key`."""

    def __init__(self, key: EccKey) -> None:
        self._key = key
        self.public: Final = PublicKey(key.public_key().export_key(format="raw"))

    def sign(self, purpose: str, data: bytes) -> str:
        """The text of a signature, JSON with the public key; ``purpose`` is one word, see :func:`check_signature`."""
        from Cryptodome.Signature import eddsa

        body = {
            "format": _SIGNATURE_FORMAT,
            "format_version": _FORMAT_VERSION,
            "purpose": purpose,
            "algorithm": _ALGORITHM,
            "public_key": self.public.raw.hex(),
            "signature": eddsa.new(self._key, "rfc8032").sign(_message(purpose, data)).hex(),
        }
        return json.dumps(body, indent=1) + "\n"


def own_key(path: Path) -> SigningKey:
    """The private key in this file (PKCS#8, PEM, 0600), made on first need with its folder.

    Raises DataError where it cannot be written or read or is no Ed25519 key, and FolderError.
    """
    from Cryptodome.PublicKey import ECC

    try:
        if not path.exists():
            make_folder(path.parent)
            _put_new(path, ECC.generate(curve=_CURVE).export_key(format="PEM") + "\n")
        key = ECC.import_key(read_file(path, MAX_SIGNATURE_BYTES).decode("ascii"))
        if key.curve != _ALGORITHM or not key.has_private():
            raise ValueError(_("it is no private Ed25519 key"))
    except OSError as err:
        raise DataError(
            _("The key {path} cannot be had: {why}.").format(path=path, why=err.strerror or err), remedy(err)
        ) from err
    except ValueError as err:
        raise DataError(
            _("The key {path} is damaged: {why}.").format(path=path, why=err),
            _("Move it away; a new one is made, and its words must be compared again."),
        ) from err
    return SigningKey(key)


def check_signature(text: bytes, purpose: str, data: bytes, name: str) -> PublicKey:
    """The key that signed ``data`` for this purpose, by a signature's text; ``name``: what errors call the data.

    Raises ChangedSinceSignedError where the signature does not belong to the data, ImportRefusedError where it is none.
    """
    try:
        body = _parsed(text, MAX_SIGNATURE_BYTES, _SIGNATURE_FORMAT)
        if body["purpose"] != purpose or body["algorithm"] != _ALGORITHM:
            raise ValueError(_("it was made for something else"))
        public, signature = _public(body["public_key"]), bytes.fromhex(body["signature"])
    except (ValueError, KeyError, TypeError) as err:
        raise ImportRefusedError(
            _("{name}: the signature cannot be read ({why}).").format(name=name, why=err),
            _("Nothing was taken from this file. Ask for it once more."),
        ) from err
    if not public.holds(signature, purpose, data):
        raise ChangedSinceSignedError(
            _("{name} was changed since it was signed.").format(name=name),
            _("Nothing was taken from this file. Ask for it once more, and by another way."),
        )
    return public


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is known for an owner, and when it was seen first (aware)."""

    public: PublicKey
    first_seen: datetime


def standing_of(public: PublicKey | None, known: Sequence[KnownKey]) -> Standing:
    """What this key (None: no signature) is worth where these keys are known."""
    keys = [key.public for key in known]
    if public is None:
        return Standing.NO_LONGER_SIGNED if keys else Standing.UNSIGNED
    if public in keys:
        return Standing.SAME
    return Standing.OTHER if keys else Standing.FIRST


class KnownKeys:
    """Which owner's things were signed by which keys, kept in a file (0600). Owner: a person's number, a practice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, owner: str) -> tuple[KnownKey, ...]:
        """The keys that are known for this owner, the oldest first. Raises DataError for a damaged file."""
        return self._read().get(owner, ())

    def standing(self, owner: str, public: PublicKey | None) -> Standing:
        """What this key (None: no signature) is worth for this owner. Raises DataError for a damaged file."""
        return standing_of(public, self.of(owner))

    def remember(self, owner: str, public: PublicKey, now: datetime) -> None:
        """Know this key for this owner from now on. Raises DataError, FolderError."""
        known = self._read()
        of = known.get(owner, ())
        if any(key.public == public for key in of):
            return
        known[owner] = (*of, KnownKey(public, now))
        owners = {
            each: [
                {"public_key": key.public.raw.hex(), "first_seen": key.first_seen.isoformat(timespec="seconds")}
                for key in keys
            ]
            for each, keys in known.items()
        }
        body = {"format": _KNOWN_FORMAT, "format_version": _FORMAT_VERSION, "owners": owners}
        make_folder(self._path.parent)
        with or_say_why(self._path):
            write_atomic(self._path, json.dumps(body, indent=1) + "\n")

    def _read(self) -> dict[str, tuple[KnownKey, ...]]:
        try:
            body = _parsed(read_file(self._path, _MAX_KNOWN_BYTES), _MAX_KNOWN_BYTES, _KNOWN_FORMAT)
            return {owner: tuple(_known_key(key) for key in keys) for owner, keys in body["owners"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
            why = err.strerror if isinstance(err, OSError) and err.strerror else err
            raise DataError(
                _("The memory of known keys, {path}, cannot be read: {why}.").format(path=self._path, why=why),
                _("Move it away; every key then counts as seen for the first time."),
            ) from err


def _known_key(entry: dict[str, Any]) -> KnownKey:
    return KnownKey(_public(entry["public_key"]), moment_of(entry["first_seen"]))


def _public(text: str) -> PublicKey:
    raw = bytes.fromhex(text)
    if len(raw) != _KEY_BYTES:
        raise ValueError(_("a key has the wrong length"))
    return PublicKey(raw)


def _message(purpose: str, data: bytes) -> bytes:
    return f"posturewatch {purpose}\n".encode() + data


def _parsed(text: bytes, most: int, form: str) -> dict[str, Any]:
    """The JSON object of one of our two formats; raises ValueError for anything else."""
    if len(text) > most:
        raise ValueError(_("it is too large"))
    try:
        body = json.loads(text)
    except RecursionError as err:
        raise ValueError(_("it is nested too deeply")) from err
    if not isinstance(body, dict) or body.get("format") != form or body.get("format_version") != _FORMAT_VERSION:
        raise ValueError(_("it is of another format"))
    return body


def _put_new(path: Path, text: str) -> None:
    """Write a file unless another process has just done so: whoever comes first has made the one key."""
    made = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    write_atomic(made, text)
    try:
        try:
            os.link(made, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            made.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            made.unlink()
