"""One real night for all end-to-end tests: every sample call, real models, no network."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_calls"
COMMAND = Path(sys.executable).parent / "qa-scorer"

# Python runs this in every process that starts, workers included: an attempt to reach the network is written down
# before it fails, since a library may swallow the failure.
NO_NETWORK = """
import os, socket

def _refused(name):
    def refuse(*args, **kwargs):
        family = getattr(args[0], "family", None) if args else None
        if family == getattr(socket, "AF_UNIX", None):
            return _real[name](*args, **kwargs)
        with open(os.environ["NETWORK_ATTEMPTS"], "a") as file:
            file.write(f"{name} {args[1:]!r}\\n")
        raise OSError("the network is closed")
    return refuse

_real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
for _name in _real:
    setattr(socket.socket, _name, _refused(_name))
socket.getaddrinfo = _refused("getaddrinfo")
"""


@dataclass(frozen=True)
class Night:
    """A finished run: its folder, what it printed, its exit code and every attempt to reach the network."""

    out: Path
    printed: str
    code: int
    network_attempts: str


@dataclass(frozen=True)
class Machine:
    """Runs the installed command with the network closed."""

    folder: Path

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        closed = self.folder / "closed"
        closed.mkdir(exist_ok=True)
        (closed / "sitecustomize.py").write_text(NO_NETWORK)
        environment = {**os.environ, "PYTHONPATH": str(closed), "NETWORK_ATTEMPTS": str(self.folder / "attempts")}
        command = [str(COMMAND), *map(str, arguments)]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def network_attempts(self) -> str:
        attempts = self.folder / "attempts"
        return attempts.read_text() if attempts.exists() else ""


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="session")
def night(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Night:
    out = tmp_path_factory.mktemp("night") / "out"
    done = machine.run("run", SAMPLES, "--out", out)
    return Night(
        out=out, printed=done.stdout + done.stderr, code=done.returncode, network_attempts=machine.network_attempts()
    )
