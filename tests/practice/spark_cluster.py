"""A standalone Spark cluster on this computer: one master and so many workers, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen


@dataclass
class Cluster:
    """``master``: as ``--master`` takes it."""

    master: str
    web: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def alive(self) -> int:
        """Workers that the master counts as alive."""
        with urlopen(f"http://127.0.0.1:{self.web}/json/", timeout=10) as answer:
            return answer.read().count(b'"ALIVE"') - 1  # the master's own status is one of them


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def cluster(folder: Path, workers: int = 2, memory: str = "1g") -> Iterator[Cluster]:
    """Start it, wait until the workers are known to the master, and end it."""
    import pyspark

    home = Path(pyspark.__file__).parent
    launch = str(home / "bin" / "spark-class")
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1"}
    environment |= {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC"}
    port, web = free_port(), free_port()
    made = Cluster(f"spark://127.0.0.1:{port}", web)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cluster.log").open("wb") as log:

        def start(kind: str, *words: str) -> subprocess.Popen[bytes]:
            command = [launch, f"org.apache.spark.deploy.{kind}", "--host", "127.0.0.1", *words]
            return subprocess.Popen(
                command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
            )

        master = start("master.Master", "--port", str(port), "--webui-port", str(web))
        try:
            for number in range(workers):
                place = ("--work-dir", str(folder / f"work{number}"), "--webui-port", str(free_port()))
                made.workers.append(start("worker.Worker", "--cores", "1", "--memory", memory, *place, made.master))
            end = time.monotonic() + 90
            while _alive_or_none(made) < workers:
                assert master.poll() is None, (folder / "cluster.log").read_text(errors="replace")[-2000:]
                assert time.monotonic() < end, (folder / "cluster.log").read_text(errors="replace")[-2000:]
                time.sleep(0.2)
            yield made
        finally:
            for process in (*made.workers, master):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
            for process in (*made.workers, master):
                process.wait(60)


def _alive_or_none(made: Cluster) -> int:
    try:
        return made.alive()
    except OSError:
        return 0
