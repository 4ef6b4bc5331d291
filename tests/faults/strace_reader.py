"""What a program did, as strace saw it: sockets had, addresses reached, files written and how each write began."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")

CALLS = "%network,openat,open,creat,memfd_create,mmap,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range"

PICTURE_STARTS = (
    r"\377\330\377",  # JPEG
    r"\211PNG",
    "GIF8",
    "RIFF",  # WebP, AVI
    "ftyp",  # MP4, HEIC
    "BM6",
    r"II*\0",  # TIFF
)
"""How picture and film files begin, in strace's way of writing bytes."""

_SOCKET = re.compile(r"\bsocket\((AF_\w+)[^)]*\)\s+= (-?\d+)")
_REACHED = re.compile(r"\b(?:connect|sendto|sendmsg|sendmmsg|bind)\(.*?sa_family=(AF_INET6?), (.*)")
_LOCAL = re.compile(r'\bconnect\(.*?sa_family=AF_UNIX, sun_path=(@?"[^"]*").*\)\s+= (?:0|-1 EINPROGRESS)')
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_HOST = re.compile(r'(?:sin_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")')
_OPENED = re.compile(r'\b(?:openat|open|creat)\(.*?"([^"]+)", ([A-Z_|]*O_(?:WRONLY|RDWR)[A-Z_|]*).*= \d+')
_WROTE = re.compile(r"\b(?:p?write(?:64|v|v2)?|copy_file_range|sendfile)\((\d+)<([^>]*)>(.*)")
_SHARED = re.compile(r"\bmmap\([^)]*PROT_WRITE[^)]*MAP_SHARED[^)]*<(/[^>]*)>")

PACTL_MEMORY = "/memfd:pulseaudio"
"""Where PulseAudio or PipeWire runs, the app asks ``pactl`` whether a program hears the microphone; its library makes
this block of memory to exchange sound through, and exchanges none. It lies on no disk and goes with ``pactl``."""


@dataclass(frozen=True)
class Trace:
    """The lines of one or more traces made with ``-y`` and ``-f``."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path) -> Trace:
        """All traces of a folder, one file a process family."""
        texts = [path.read_text(errors="replace") for path in sorted(folder.glob("*.trace"))]
        return cls(tuple(line for text in texts for line in _joined(text)))

    def families(self) -> set[str]:
        """Kinds of sockets that were had (a refused one does not count)."""
        found = (_SOCKET.search(line) for line in self.lines)
        return {match[1] for match in found if match is not None and int(match[2]) >= 0}

    def reached(self) -> set[tuple[str, int]]:
        """Internet hosts and ports that were connected to, sent to or listened on."""
        out = set()
        for line in self.lines:
            match = _REACHED.search(line)
            if match is not None:
                host, port = _HOST.search(match[2]), _PORT.search(match[2])
                out.add(((host[1] or host[2]) if host else match[2], int(port[1]) if port else -1))
        return out

    def local(self) -> set[str]:
        """Unix sockets that were connected to, by path (an abstract one begins with ``@``)."""
        found = (_LOCAL.search(line) for line in self.lines)
        return {match[1].replace('"', "") for match in found if match is not None}

    def written(self) -> dict[str, list[str]]:
        """Files on a disk that were opened for writing, written to or shared in memory: path -> starts of writes."""
        out: dict[str, list[str]] = {}
        for line in self.lines:
            if (opened := _OPENED.search(line)) and "O_TMPFILE" not in opened[2]:
                out.setdefault(opened[1], [])
            if shared := _SHARED.search(line):
                out.setdefault(shared[1], [])
            if (wrote := _WROTE.search(line)) and wrote[2].startswith("/"):
                out.setdefault(wrote[2].removesuffix("(deleted)"), []).append(wrote[3])
        nowhere = ("/proc/", "/dev/null", "/dev/tty")
        python_s = "/__pycache__/"  # where Python itself keeps modules that are imported for the first time
        return {path: starts for path, starts in out.items() if not path.startswith(nowhere) and python_s not in path}


def prefix(trace: Path, *, bytes_shown: int = 64) -> tuple[str, ...]:
    """What to put before a command to have it traced, children and all."""
    return (
        str(STRACE), "-f", "--seccomp-bpf", "-qq", "-y", "-s", str(bytes_shown), "-e", f"trace={CALLS}", "-e",
        "signal=none", "-o", str(trace),
    )  # fmt: skip


def _joined(text: str) -> list[str]:
    """Lines, those cut in two by another process put together again."""
    waiting: dict[str, str] = {}
    out = []
    for line in text.splitlines():
        pid, _gap, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            waiting[pid] = rest.removesuffix("<unfinished ...>")
        elif rest.startswith("<... ") and pid in waiting:
            out.append(waiting.pop(pid) + rest.partition("resumed>")[2])
        else:
            out.append(rest)
    return out + list(waiting.values())
