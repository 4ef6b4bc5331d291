"""A signature holds for the bytes, the purpose and the key that made it, and for nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.exchange.signing import (
    _SHUNNED,
    MAX_SIGNATURE_BYTES,
    ChangedSinceSignedError,
    KnownKeys,
    PublicKey,
    Standing,
    check_signature,
    own_key,
)

DATA = b"what is handed on"
WHOLE = (
    b'{"format": "posturewatch-signature", "format_version": 1, "purpose": "share", "algorithm": "Ed25519",'
    b' "public_key": %s}'
)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def _key(folder: Path, name: str = "share") -> Any:
    return own_key(folder / "keys" / f"{name}.key")


def test_what_was_signed_is_known_by_its_key(tmp_path: Path) -> None:
    """The check gives back the key that signed, and the file holds that key from then on."""
    key = _key(tmp_path)
    found = check_signature(key.sign("share", DATA).encode(), "share", DATA, "a.zip")
    assert found == key.public == _key(tmp_path).public
    assert found != _key(tmp_path, "plan").public


@pytest.mark.unix_only("no mode bits")
def test_the_private_key_is_its_owners_alone(tmp_path: Path) -> None:
    """The key and the memory of keys are 0600 in a folder 0700, and nothing else is left beside them."""
    key = _key(tmp_path)
    KnownKeys(tmp_path / "keys" / "shares.json").remember("b0f7", key.public, NOW)
    left = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert left == {"share.key": 0o600, "shares.json": 0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_two_that_need_a_key_at_once_have_the_same_one(tmp_path: Path) -> None:
    """Eight processes that start together agree on one key: none signs by a key that is then lost."""
    code = (
        "import sys, pathlib\n"
        "from posturewatch.exchange.signing import own_key\n"
        "sys.stdin.readline()\n"
        "print(own_key(pathlib.Path(sys.argv[1])).public.words)\n"
    )
    path = str(tmp_path / "keys" / "share.key")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        for _each in range(8)
    ]
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = {one.communicate(timeout=60)[0] for one in started}
    assert said == {f"{own_key(Path(path)).public.words}\n"}
    assert [each.name for each in (tmp_path / "keys").iterdir()] == ["share.key"]


def test_other_bytes_another_purpose_or_key_do_not_pass(tmp_path: Path) -> None:
    """A byte more, a plan in place of a share, another's key or a flipped bit of the signature: each is refused."""
    key, other = _key(tmp_path), _key(tmp_path, "other")
    text = key.sign("share", DATA)
    body = json.loads(text)
    swapped = json.dumps(body | {"public_key": other.public.raw.hex()}).encode()
    turned = json.dumps(body | {"signature": f"{int(body['signature'][:2], 16) ^ 1:02x}{body['signature'][2:]}"})
    for signature, data in ((text.encode(), DATA + b"!"), (swapped, DATA), (turned.encode(), DATA)):
        with pytest.raises(ChangedSinceSignedError, match=r"a\.zip was changed"):
            check_signature(signature, "share", data, "a.zip")
    relabelled = json.dumps(body | {"purpose": "plan"}).encode()
    for made_for, used_for in (("share", "plan"), ("plan", "share")):
        with pytest.raises(ImportRefusedError, match="something else"):
            check_signature(key.sign(made_for, DATA).encode(), used_for, DATA, "a.json")
    as_large_as_may_be = text.encode().ljust(MAX_SIGNATURE_BYTES)
    assert check_signature(as_large_as_may_be, "share", DATA, "a.zip") == key.public
    with pytest.raises(ImportRefusedError, match="too large"):
        check_signature(as_large_as_may_be + b" ", "share", DATA, "a.zip")
    with pytest.raises(ChangedSinceSignedError):
        check_signature(relabelled, "plan", DATA, "a.json")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"[" * 4000,
        b"x" * 5000,
        b"\xff\xfe",
        b'{"format": "posturewatch-signature", "format_version": 1}',
        b'{"format": "posturewatch-signature", "format_version": 2}',
        WHOLE % b'"00", "signature": "00"',
        WHOLE % b'7, "signature": null',
    ],
)
def test_what_is_no_signature_is_refused_in_words(text: bytes) -> None:
    """Damaged, foreign and hostile texts are ImportRefusedError, never another exception."""
    with pytest.raises(ImportRefusedError, match=r"a\.zip"):
        check_signature(text, "share", DATA, "a.zip")


def test_a_key_of_the_right_length_that_is_no_point_is_refused(tmp_path: Path) -> None:
    """32 bytes that no key has, and a signature of the wrong length, are "changed", not an exception of a library."""
    body = json.loads(_key(tmp_path).sign("share", DATA))
    for spoilt in ({"public_key": "ff" * 32}, {"signature": "00" * 63}, {"signature": ""}):
        with pytest.raises(ChangedSinceSignedError):
            check_signature(json.dumps(body | spoilt).encode(), "share", DATA, "a.zip")


def test_the_words_are_six_and_the_keys_own() -> None:
    """The same key, the same six words, whatever the language; of 2000 keys no two alike, none with a shunned word."""
    keys = [PublicKey(number.to_bytes(32, "big")) for number in range(2000)]
    words = [key.words for key in keys]
    assert len(set(words)) == len(words)
    assert {len(each.split()) for each in words} == {6}
    assert not set(_SHUNNED.split()) & set(" ".join(words).split())
    assert PublicKey(bytes(32)).words == words[0]


def test_openssl_agrees(tmp_path: Path) -> None:
    """The key file is one that OpenSSL reads, and it makes the same signature: no format of our own."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    signature = json.loads(_key(tmp_path).sign("share", DATA))["signature"]
    message, made = tmp_path / "message", tmp_path / "made"
    message.write_bytes(b"posturewatch share\n" + DATA)
    sign = [openssl, "pkeyutl", "-sign", "-rawin", "-inkey", str(tmp_path / "keys" / "share.key")]
    subprocess.run([*sign, "-in", str(message), "-out", str(made)], check=True, capture_output=True)
    assert made.read_bytes().hex() == signature


@pytest.mark.parametrize(
    "text", ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\xff"]
)
def test_a_damaged_key_is_named_and_left(tmp_path: Path, text: str) -> None:
    """What stands in the key's place is not overwritten: the error names it and says what to do."""
    path = tmp_path / "share.key"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=r"share\.key is damaged") as caught:
        own_key(path)
    assert "Move it away" in caught.value.hint
    assert path.read_text(encoding="latin-1") == text


def test_a_key_is_known_again_and_another_is_not(tmp_path: Path) -> None:
    """First, the same, another, and two of one person once both are remembered; nothing is told across people."""
    known = KnownKeys(tmp_path / "keys" / "shares.json")
    key, other = _key(tmp_path).public, _key(tmp_path, "other").public
    assert known.standing("b0f7", None) is Standing.UNSIGNED
    assert known.standing("b0f7", key) is Standing.FIRST
    known.remember("b0f7", key, NOW)
    known.remember("b0f7", key, NOW)
    again = KnownKeys(tmp_path / "keys" / "shares.json")
    assert again.standing("b0f7", key) is Standing.SAME
    assert again.standing("b0f7", other) is Standing.OTHER
    assert again.standing("b0f7", None) is Standing.NO_LONGER_SIGNED
    assert again.standing("c1a8", other) is Standing.FIRST
    again.remember("b0f7", other, NOW)
    assert again.standing("b0f7", other) is Standing.SAME
    assert [(each.public, each.first_seen) for each in again.of("b0f7")] == [(key, NOW), (other, NOW)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "posturewatch-known-keys", "format_version": 1}',
        '{"format": "posturewatch-known-keys", "format_version": 1, "owners": {"a": [{"public_key": "00"}]}}',
        '{"format": "posturewatch-known-keys", "format_version": 1, "owners": {"a": [7]}}',
        '{"format": "posturewatch-known-keys", "format_version": 1, "owners": 7}',
    ],
)
def test_a_damaged_memory_is_never_taken_for_an_empty_one(tmp_path: Path, text: str) -> None:
    """A memory that cannot be read is an error: else whoever spoils it would make each key the first."""
    path = tmp_path / "shares.json"
    path.write_text(text)
    with pytest.raises(DataError, match="cannot be read"):
        KnownKeys(path).standing("a", PublicKey(bytes(32)))
    with pytest.raises(DataError):
        KnownKeys(path).remember("a", PublicKey(bytes(32)), NOW)
    assert path.read_text() == text
