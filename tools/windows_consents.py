"""Windows' consent store and privacy settings, written by hand as Windows writes them: what posturewatch makes of them.

Wine keeps neither. Each program that has used camera or microphone has a key below ``webcam`` or ``microphone`` of the
store, by its family (a packaged one), or below ``NonPackaged`` of these, by its path with # for each backslash. The key
holds the file times (REG_QWORD) at which it last began and stopped; zero is "not since". Whether programs may use the
device stands in the value ``Value``, Allow or Deny, of ``webcam`` and ``NonPackaged``.
"""

from __future__ import annotations

import json
import shutil
import time
from typing import Final

from windows_app import running_app, tell, wait, watching
from windows_prefix import Lane, see


def consents(lane: Lane) -> str:
    """Who has camera and microphone, in the registry as Windows writes it: others count, we do not, nor a power cut."""
    desktop, before = r"webcam\NonPackaged\C:#", _file_time(-30 * 86400)
    zoom, teams = desktop + "Program Files#Zoom#bin#Zoom.exe", r"microphone\MSTeams_8wekyb3d8bbwe"
    _forget(lane)
    _write(
        lane,
        *_used(desktop + "Python313#python.exe", _file_time(0)),
        *_used(desktop + "Python313#pythonw.exe", _file_time(0)),
        *_used(desktop + "Program Files#OBS#obs64.exe", before),  # a power cut left it so
        *_used(zoom, before, before),
        *_used(teams, before, before),
    )
    try:
        with watching(lane):
            checks = json.loads(lane.command("doctor", "--no-camera", "--json", codes=(0, 1)))
            known = [one["says"].split("Cannot tell")[0] for one in checks]
            see(any("camera or microphone in use" in says for says in known), str(known))
            see(not _status(lane, "quiet"), f"taken for a call: {_status(lane, 'quiet')}")
            see(lane.processes("posturewatch.sensor"), "the camera is given back")
            for place in (zoom, teams):
                _write(lane, *_used(place, _file_time(0)))
                says = wait(lambda: _status(lane, "quiet"), 60)
                see("another program uses the camera or the microphone" in says, f"{place}: no call; {says}")
                see(wait(lambda: str(not lane.processes("posturewatch.sensor") or ""), 30), "the camera is kept")
                _write(lane, *_used(place, before, _file_time(0)))
                see(wait(lambda: str(lane.processes("posturewatch.sensor") or ""), 120), f"{place}: no sensor again")
            tell(lane, "quit")
        packaged = _packaged(lane)
    finally:
        _forget(lane)
    return (
        f"ourselves and one from before the boot: no call; Zoom, Teams: camera given back and taken again; {packaged}"
    )


def _packaged(lane: Lane) -> str:
    """A Python of Microsoft's Store is known by its family, by which the store names it."""
    folder = (
        lane.drive / "Program Files" / "WindowsApps" / "PythonSoftwareFoundation.Python.3.13_3.13.9_x64__qbz5n2kfra8p0"
    )
    folder.parent.mkdir(exist_ok=True)
    folder.unlink(missing_ok=True)
    folder.symlink_to(lane.home)
    answers = []
    for family in ("PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0", "Microsoft.WindowsCamera_8wekyb3d8bbwe"):
        _forget(lane)
        _write(lane, *_used(rf"webcam\{family}", _file_time(0)))
        code, out, err = lane.run("-c", _INSIDE, rf"C:\Program Files\WindowsApps\{folder.name}\python.exe")
        see(code == 0, out + err)
        answers.append(out.strip())
    folder.unlink()
    see(answers == ["False", "True"], str(answers))
    return "a packaged Python is no call to itself, the camera app is one"


def denied(lane: Lane) -> str:
    """A camera denied for the computer, the user or desktop programs: said by doctor and by the running app."""
    words = "Windows does not let programs use the camera."
    home = lane.drive / "pw home"
    shutil.rmtree(home, ignore_errors=True)
    _forget(lane)
    try:
        for root in ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"):
            for place in ("webcam", r"webcam\NonPackaged"):
                _write(lane, (place, "Value", "Deny"), root=root)
                by_doctor = _camera_says(lane)
                see(words in by_doctor, f"{root} {place}: {by_doctor}")
                _write(lane, (place, "Value", "Allow"), root=root)
        allowed = _camera_says(lane)
        see(words not in allowed, f"allowed: {allowed}")
        _write(lane, ("webcam", "Value", "Deny"), root="HKEY_LOCAL_MACHINE")
        with running_app(lane, lane.start("-m", "posturewatch", "run", "--source", "0", program="pythonw.exe")):
            see(wait(lambda: str(_status(lane, "reason") == "camera_forbidden" or ""), 120), _status(lane, "reason"))
            log = next(home.rglob("posturewatch.log")).read_text(encoding="utf-8")
            see(words in log, log)
            says = lane.command("status").splitlines()[0]
    finally:
        _forget(lane)
    return f"doctor: {by_doctor} Status: {says}"


def _used(place: str, begun: int, ended: int = 0) -> tuple[tuple[str, str, int], ...]:
    return (place, "LastUsedTimeStart", begun), (place, "LastUsedTimeStop", ended)


def _write(lane: Lane, *values: tuple[str, str, str | int], root: str = "HKEY_CURRENT_USER") -> None:
    """Set (key below the store, name, value): text as REG_SZ, a file time as REG_QWORD."""
    code, out, err = lane.run("-c", _REGISTRY, json.dumps([(root, *value) for value in values]))
    see(code == 0, out + err)


def _forget(lane: Lane) -> None:
    """No store at all, as Wine has it."""
    code, out, err = lane.run("-c", _NO_STORE)
    see(code == 0, out + err)


def _file_time(from_now_s: float) -> int:
    return int((time.time() + from_now_s + 11_644_473_600) * 10_000_000)


def _status(lane: Lane, name: str) -> str:
    code, out, _err = lane.run("-m", "posturewatch", "status", "--json", within_s=60)
    return str(json.loads(out).get(name, "")) if code == 0 else ""


def _camera_says(lane: Lane) -> str:
    checks = json.loads(lane.command("doctor", "--json", codes=(0, 1)))
    return "\n".join(f"{one['says']} {one['mend']}" for one in checks if one["part"] == "camera")


_STORE: Final = r"""
import json, sys, winreg
store = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
"""

_REGISTRY: Final = (
    _STORE
    + r"""
for root, key, name, value in json.loads(sys.argv[1]):
    with winreg.CreateKeyEx(getattr(winreg, root), store + "\\" + key, 0, winreg.KEY_ALL_ACCESS) as opened:
        winreg.SetValueEx(opened, name, 0, winreg.REG_SZ if isinstance(value, str) else winreg.REG_QWORD, value)
"""
)

_NO_STORE: Final = (
    _STORE
    + r"""
def remove(root, key):
    try:
        with winreg.OpenKey(root, key) as opened:
            below = [winreg.EnumKey(opened, number) for number in range(winreg.QueryInfoKey(opened)[0])]
    except FileNotFoundError:
        return
    for name in below:
        remove(root, key + "\\" + name)
    winreg.DeleteKey(root, key)
for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
    remove(root, store)
"""
)

_INSIDE: Final = r"""
import subprocess, sys
code = "from posturewatch.desktop.presence.windows import call; print(call().in_call)"
done = subprocess.run([sys.argv[1], "-c", code], stdin=subprocess.PIPE, capture_output=True, text=True)
print(done.stdout + done.stderr)
sys.exit(done.returncode)
"""
"""The program's own answer, under a Python of another folder."""
