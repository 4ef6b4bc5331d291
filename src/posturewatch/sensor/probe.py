"""What doctor says of the sensor: libraries, bundles, camera. Opens the camera for one frame."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posturewatch.base import clock
from posturewatch.base.errors import ModelError, PosturewatchError, SensorError, SourceError
from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.quantities import number
from posturewatch.base.system_packages import native_libraries, reinstall
from posturewatch.sensor import bundles, native
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.sources.drain import start_drain

if TYPE_CHECKING:
    from posturewatch.sensor.frames import Pixels
    from posturewatch.sensor.landmarks import Landmarks

MEDIAPIPE: Final = "1.2.2"
"""The version whose networks were seen to work; 1.2.3 loads the same bundles and finds no pose."""

CLIP: Final = Path(__file__).parents[1] / "demo_data" / "calibration.mp4"

FRAME_S = 25.0
"""For opening the camera and its first frame; Windows may take 20 s."""


def findings(camera: CameraOptions, models: ModelOptions) -> tuple[Finding, ...]:
    """Each part by itself: a failure of one does not hide the others."""
    found = [_opencv()]
    no_camera: tuple[Finding, ...] = ()
    if found[0].level != "ok":
        no_camera = (Finding(_("camera"), "note", _("It cannot be tried as long as OpenCV cannot be loaded.")),)
    try:
        pair = bundles.find(models)
    except ModelError as err:
        found.append(Finding(_("models"), "error", err.message, err.hint))
        return (*found, *(no_camera or (_camera(camera, None),)))
    found.append(Finding(_("models"), "ok", _("Both model bundles are whole.")))
    look, network = _mediapipe(pair, None if no_camera else shipped_picture())
    return (*found, network, *(no_camera or (_camera(camera, look),)))


def _opencv() -> Finding:
    try:
        whole = hasattr(native.load_opencv(), "VideoCapture")
    except ModelError as err:
        return Finding("opencv", "error", err.message, err.hint)
    except AttributeError:
        whole = False
    if not whole:
        return Finding("opencv", "error", _("OpenCV is incomplete."), reinstall("--no-deps", "opencv-contrib-python"))
    version = _("unknown")
    for name in ("opencv-python-headless", "opencv-contrib-python"):
        with suppress(metadata.PackageNotFoundError):
            version = metadata.version(name)
    return Finding("opencv", "ok", _("OpenCV {version} is there.").format(version=version))


def _mediapipe(pair: bundles.Bundles, person: Pixels | None) -> tuple[Callable[..., Observation] | None, Finding]:
    """The networks, built; and what is to be said of them. ``person``: a picture to try them on, if one can be read."""
    try:
        from posturewatch.sensor.landmarks import Landmarks
        from posturewatch.sensor.look import Looker

        networks = Landmarks(pair, stills=True)
        networks.warm()
    except (ImportError, OSError) as err:
        says = _("MediaPipe cannot be loaded: {why}").format(why=str(err)[:200])
        return None, Finding("mediapipe", "error", says, native_libraries())
    except ModelError as err:
        return None, Finding("mediapipe", "error", err.message, err.hint)
    if person is not None and not sees(networks, person):
        says = _("MediaPipe {version} finds nobody in the picture of a person that ships.").format(
            version=metadata.version("mediapipe")
        )
        return None, Finding("mediapipe", "error", says, reinstall(f"mediapipe=={MEDIAPIPE}"))
    says = _("The networks load; they are kept off the network.")
    return Looker(networks, live=False).look, Finding("mediapipe", "ok", says)


def shipped_picture() -> Pixels:
    """The first picture of the demo's recording: a person from the front, head and shoulders."""
    clip = native.load_opencv().VideoCapture(str(CLIP))
    try:
        picture: Pixels = clip.read()[1]
        return picture
    finally:
        clip.release()


def sees(networks: Landmarks, picture: Pixels) -> bool:
    """Whether face and trunk of somebody are found: a version of MediaPipe may load the bundles and find nobody."""
    canvas = networks.canvas(picture)
    found = bool(networks.faces(canvas, 0.0) and networks.trunks(canvas, 0.0))
    networks.reset()
    return found


def _camera(camera: CameraOptions, look: Callable[..., Observation] | None) -> Finding:
    """One frame of the source."""
    start_s = clock.monotonic_s()
    drain = start_drain(camera)
    try:
        shot = drain.next_shot(FRAME_S)
        if shot is None:
            raise SensorError(
                _("The camera opens and sends no picture."), _("Unplug it and plug it in again, or choose another.")
            )
        seconds = clock.monotonic_s() - start_s
        seen = look(shot, Look(whole=True)) if look is not None else None
    except SourceError as err:
        return Finding(_("camera"), "error", err.message, err.hint)
    except PosturewatchError as err:
        return Finding(_("camera"), "warning", err.message, err.hint)
    finally:
        drain.close()
    if seen is None:
        says = _("The camera sends pictures ({seconds} s to the first).").format(seconds=number(seconds, 1))
        return Finding(_("camera"), "ok", says)
    return _judge(seen, seconds)


def _judge(seen: Observation, seconds: float) -> Finding:
    size = _("The camera sends {width} × {height} ({seconds} s to the first picture).").format(
        width=seen.width_px, height=seen.height_px, seconds=number(seconds, 1)
    )
    if seen.lack is Lack.BLACK:
        return Finding(_("camera"), "warning", f"{size} {_('It is black.')}", _("Open its cover, or make light."))
    if seen.burnt:
        advice = _("Turn the camera away from the light, or lower its exposure.")
        return Finding(_("camera"), "warning", f"{size} {_('It is too bright to see anybody in.')}", advice)
    if seen.lack is Lack.NO_FRAME:
        return Finding(_("camera"), "warning", _("The camera's picture cannot be used."), _("Choose another camera."))
    if seen.face is None and seen.trunk is None:
        return Finding(_("camera"), "ok", f"{size} {_('I see nobody in it.')}")
    return Finding(_("camera"), "ok", f"{size} {_('I see you.')}")
