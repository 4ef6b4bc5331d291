"""All patients as FHIR in the layout of Bulk Data: a file for each resource type, one resource a line, and a manifest.

The resources are those of a patient's own FHIR bundle, made by the same code, so a warehouse gets what a therapist got.
See https://hl7.org/fhir/uv/bulkdata/export.html for the layout.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units
from posturewatch.disk.files import FILE_MODE, write_atomic
from posturewatch.disk.folders import make_folder
from posturewatch.disk.refusals import or_say_why
from posturewatch.exchange.fhir.bundle import bundle
from posturewatch.practice.lake import Lake
from posturewatch.practice.one_patient import material_of
from posturewatch.practice.register import Register

MANIFEST_NAME: Final = "manifest.json"

_DEFINITIONS: Final = frozenset({"CodeSystem", "StructureDefinition"})
"""Resources by which the others are written, the same with everybody."""


def write_ndjson(
    lake: Lake,
    register: Register,
    folder: Path,
    now: datetime,
    units: Units,
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, int]:
    """Write the files into a new or empty folder; returns the number of resources by type. The manifest comes last: a
    folder without one is not whole. Raises DataError."""
    make_folder(folder)
    if any(folder.iterdir()):
        raise DataError(_("The folder {path} holds something else.").format(path=folder), _("Choose an empty one."))
    counts: Counter[str] = Counter()
    once: set[str] = set()
    patients = lake.patients()
    with or_say_why(folder):
        with ExitStack() as opened:
            files: dict[str, IO[str]] = {}
            for done, patient in enumerate(patients, start=1):
                resources = [one["resource"] for one in bundle(material_of(lake, register, patient, units))["entry"]]
                places = {f"urn:uuid:{one['id']}": f"{one['resourceType']}/{one['id']}" for one in resources}
                for resource in resources:
                    kind = resource["resourceType"]
                    if kind in _DEFINITIONS:  # one for all: every bundle brings it, under an identifier of its own
                        if kind in once:
                            continue
                        once.add(kind)
                    if kind not in files:
                        files[kind] = opened.enter_context(_new(folder / f"{kind}.ndjson"))
                    line = json.dumps(_outside_a_bundle(resource, places), ensure_ascii=False, allow_nan=False)
                    files[kind].write(line + "\n")
                    counts[kind] += 1
                progress(done, len(patients))
        manifest = {
            "transactionTime": now.isoformat(timespec="seconds"),
            "requiresAccessToken": False,
            "output": [{"type": kind, "url": f"{kind}.ndjson", "count": n} for kind, n in sorted(counts.items())],
            "error": [],
        }
        write_atomic(folder / MANIFEST_NAME, json.dumps(manifest, indent=1) + "\n")
    return dict(counts)


def _outside_a_bundle(part: Any, places: dict[str, str]) -> Any:
    """A resource whose references name the others by type and id: ``urn:uuid:`` holds within a bundle alone."""
    if isinstance(part, dict):
        return {
            name: places.get(value, value) if name == "reference" else _outside_a_bundle(value, places)
            for name, value in part.items()
        }
    return [_outside_a_bundle(one, places) for one in part] if isinstance(part, list) else part


def _new(path: Path) -> IO[str]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    return os.fdopen(handle, "w", encoding="utf-8", newline="\n")
