"""OpenCV and MediaPipe, loaded so that they stay small, quiet and off the network.

Both are native code with habits of their own, which are set here and nowhere else:

- **Environment** that they read once, as they load: no log lines, no OpenCL, one thread, pictures of at most
  33 million points (a hostile JPEG of a few bytes can ask for gigabytes), video files that open nothing but
  local files, three seconds until a frozen V4L2 camera is noticed, and Windows' Media Foundation without the
  hardware transforms that delay opening by up to 20 s.
- **No usage metrics.** MediaPipe 1.x reports its use to its maker by a built-in libcurl (its package says so under
  "Privacy Notice"); left alone it looks up the maker's host within minutes. We promise that everything stays on this
  computer. So libcurl is told of a proxy of a kind that does not exist, which makes it give up before it opens
  a socket, on every platform; the call gives it no certificates; and on Linux ``guard.forbid_network`` makes
  the kernel refuse besides.
- **Only the parts we use.** ``import mediapipe`` pulls in matplotlib and sounddevice for drawing and for
  microphones: 34 MB and a second. The parts are imported from under bare packages instead, without running the
  packages' own start-up code. Should a later version not like that, the whole is imported.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
import types
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import ModelError
from posturewatch.base.i18n import _
from posturewatch.base.system_packages import native_libraries, reinstall

MAX_PICTURE_POINTS: Final = 1 << 25
"""33 million: an 8K frame. OpenCV refuses to decode a larger picture."""

_LIBRARY: Final = re.compile(r"\blib[\w+.-]+\.so[.\d]*: ")
"""How the loader begins when a shared library is missing or damaged."""

_NO_PROXY_KIND: Final = "none://off"
"""libcurl: "Unsupported proxy scheme", before any socket or look-up."""

_ENVIRONMENT: Final = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_OPENCL_RUNTIME": "disabled",
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(MAX_PICTURE_POINTS),
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file",
    "OPENCV_FFMPEG_THREADS": "1",
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GLOG_minloglevel": "3",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}

_PROXIES: Final = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")

_BARE_PACKAGES: Final = (
    "mediapipe",
    "mediapipe.tasks",
    "mediapipe.tasks.python",
    "mediapipe.tasks.python.components",
    "mediapipe.tasks.python.components.containers",
    "mediapipe.tasks.python.core",
    "mediapipe.tasks.python.vision",
    "mediapipe.tasks.python.vision.core",
)


def prepare() -> None:
    """Set what the native libraries read from the environment. Call before anything else in the sensor process."""
    os.environ.update(_ENVIRONMENT)
    os.environ.update(dict.fromkeys(_PROXIES, _NO_PROXY_KIND))
    for name in ("no_proxy", "NO_PROXY"):
        os.environ.pop(name, None)


def lacks_library(err: Exception) -> bool:
    """Whether native code could not be loaded for want of one of the system's own libraries."""
    if sys.platform == "win32":
        return "DLL load failed" in str(err) or "Could not find module" in str(err)
    return sys.platform == "linux" and _LIBRARY.search(str(err)) is not None


def as_mediapipe_takes_it(model: Path | bytes, platform: str = sys.platform) -> str | bytes:
    """The path of a bundle, or its content where MediaPipe could not open the path. Raises OSError.

    On Windows MediaPipe reads a path in the country's code page, so that one with other signs (the name of a user,
    say) is not found. The content is not always given: a path is mapped, content is copied, and costs 23 MB more.
    """
    if isinstance(model, bytes):
        return model
    path = str(model)
    return model.read_bytes() if platform == "win32" and not path.isascii() else path


def load_opencv() -> Any:
    """The ``cv2`` module, with one thread and no OpenCL. Raises ModelError, with what to do, where it cannot be loaded.

    Both OpenCV distributions own the folder ``cv2``; removing one of them breaks the other.
    """
    if "cv2" not in sys.modules:
        prepare()
    try:
        import cv2
    except ImportError as err:
        again = reinstall("--no-deps", "opencv-contrib-python")
        raise ModelError(
            _("OpenCV cannot be loaded: {why}").format(why=str(err)[:200]),
            native_libraries() if lacks_library(err) else again,
        ) from err

    cv2.setNumThreads(1)
    cv2.ocl.setUseOpenCL(False)
    return cv2


class MediaPipe:
    """The parts of MediaPipe that we use, loaded on creation."""

    def __init__(self) -> None:
        prepare()
        self._load_bare()
        vision, core = "mediapipe.tasks.python.vision", "mediapipe.tasks.python.core"
        self.pose: Any = importlib.import_module(f"{vision}.pose_landmarker")
        self.face: Any = importlib.import_module(f"{vision}.face_landmarker")
        self.faces: Any = importlib.import_module(f"{vision}.face_detector")
        self.image: Any = importlib.import_module(f"{vision}.core.image")
        self.mode: Any = importlib.import_module(f"{vision}.core.vision_task_running_mode").VisionTaskRunningMode
        self._options: Any = importlib.import_module(f"{core}.base_options").BaseOptions

    def options(self, model: Path | bytes) -> Any:
        """Where the network comes from: a bundle or its bytes; without the certificates for usage metrics.

        Raises OSError where a bundle that has to be read cannot be.
        """
        base = self._options

        class Quiet(base):  # type: ignore[misc, valid-type]
            """Base options that name no certificates, so that no metrics can be sent."""

            def to_ctypes(self) -> Any:
                struct = super().to_ctypes()
                struct.ca_bundle_path = b""
                return struct

        asset = as_mediapipe_takes_it(model)
        if isinstance(asset, bytes):
            return Quiet(model_asset_buffer=asset)
        return Quiet(model_asset_path=asset)

    @staticmethod
    def _load_bare() -> None:
        """Put packages without start-up code in place; leave a MediaPipe that is loaded already alone."""
        if "mediapipe" in sys.modules:
            return
        spec = importlib.util.find_spec("mediapipe")
        if spec is None or not spec.submodule_search_locations:
            return
        root = Path(next(iter(spec.submodule_search_locations)))
        for name in _BARE_PACKAGES:
            folder = root.joinpath(*name.split(".")[1:])
            package = types.ModuleType(name)
            package.__path__ = [str(folder)]
            package.__spec__ = importlib.util.spec_from_loader(name, None, is_package=True)
            sys.modules[name] = package
        try:
            importlib.import_module("mediapipe.tasks.python.vision.pose_landmarker")
        except (ImportError, AttributeError):
            for name in [name for name in sys.modules if name.split(".")[0] == "mediapipe"]:
                del sys.modules[name]
            importlib.import_module("mediapipe")
