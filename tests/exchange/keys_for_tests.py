"""Two computers' keys, the same in every run."""

from __future__ import annotations

from Cryptodome.PublicKey import ECC

from posturewatch.exchange.signing import SigningKey

KEY = SigningKey(ECC.construct(curve="ed25519", seed=bytes(32)))
OTHER_KEY = SigningKey(ECC.construct(curve="ed25519", seed=bytes(31) + b"\x01"))
