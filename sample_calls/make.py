"""Make the sample calls from their scripts.

``python sample_calls/make.py [NAME …]`` speaks, mixes and encodes the named calls, or all, beside their scripts.
It needs espeak-ng, pip and the package's own dependencies; the voices are fetched once into ``--scratch``.
"""

from __future__ import annotations

import argparse
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


def main() -> None:
    """Make the calls named on the command line, or all."""
    parser = argparse.ArgumentParser(description="Make the sample calls from their scripts.")
    parser.add_argument("names", nargs="*", help="calls to make; all by default")
    parser.add_argument("--scratch", type=Path, default=SCRATCH, help="where voices and spoken turns are kept")
    options = parser.parse_args()
    for path in sorted(HERE.glob("*.toml")):
        if path.name != "expected.toml" and (not options.names or path.stem in options.names):
            length_s = make(read_script(path), HERE, options.scratch)
            print(f"{path.stem}  {length_s:.0f} s")


if __name__ == "__main__":
    main()
