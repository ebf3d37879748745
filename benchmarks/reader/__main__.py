"""Train the reader, and set how probable a signal must be.

    python -m benchmarks.reader train --encoder model.safetensors LABELLED.jsonl …
    python -m benchmarks.reader bar VALIDATION.jsonl …

``train`` fine-tunes the published encoder (the file is in the package that brings the tokenizer, see the catalogue of
models) on labelled dialogues and on the packs' examples, and writes ``qa_scorer/weights/reader.onnx``. ``bar`` reads
dialogues the network was not trained on and writes, beside it, the probabilities that best part right from wrong there.
"""

import argparse
import hashlib
import os
import time
from pathlib import Path

from benchmarks.reader.bars import fit_bar
from benchmarks.reader.examples import Example, examples, load, pack_rows
from qa_scorer.meaning import load_tokenizer
from qa_scorer.reader import WEIGHTS, Bar, shipped
from qa_scorer.settings import Settings

ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WRONG = 0.08  # share of misheard words in the bare twins


def main() -> None:
    """Train, or set the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["train", "bar"])
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--encoder", type=Path, help="model.safetensors of all-MiniLM-L6-v2")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--rate", type=float, default=2e-4, help="learning rate of the encoder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="go on from this state where it exists; it is written at the end")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "reader.onnx")
    chosen = parser.parse_args()
    if chosen.what == "train":
        if chosen.encoder is None or hashlib.sha256(chosen.encoder.read_bytes()).hexdigest() != ENCODER_SHA256:
            parser.error("--encoder must be the model.safetensors of all-MiniLM-L6-v2")
        train(chosen)
    else:
        write_about(chosen.out, fit_bar(chosen.labelled, chosen.out, shipped()[0]))


def train(chosen: argparse.Namespace) -> None:
    """Fine-tune the encoder and write the weights."""
    import torch

    from benchmarks.reader import network, weights

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    (told, bar), tokenizer = shipped(), load_tokenizer(Settings().models_dir)
    rows = [row for path in chosen.labelled for row in load(path)]
    taught: list[Example] = examples(rows, told, tokenizer, bare_rate=WRONG)
    taught += examples(pack_rows(told.signals), told, tokenizer)
    print(f"{len(taught)} examples", flush=True)
    net = network.pretrained(chosen.encoder, len(told.signals) + len(told.endings))
    if chosen.state and chosen.state.exists():
        network.resume(net, torch.load(chosen.state, weights_only=True))
    started = time.perf_counter()

    def after(epoch: int) -> None:
        print(f"epoch {epoch + 1} of {chosen.epochs}: {time.perf_counter() - started:.0f} s", flush=True)
        if chosen.state:
            torch.save(net.state_dict(), chosen.state)

    plan = network.Plan(epochs=chosen.epochs, rate=chosen.rate, seed=chosen.seed)
    network.train(net, taught, plan, after)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    weights.write(net, chosen.out)
    write_about(chosen.out, bar)


def write_about(weights: Path, bar: Bar) -> None:
    """Write what stands beside the weights: their hash, the bar, and the signals."""
    outputs, _ = shipped()
    lines = [
        "# The reader's weights: made by `python -m benchmarks.reader` from the labelled dialogues of this project",
        "# and all-MiniLM-L6-v2 (Apache-2.0, sentence-transformers). Licence: Apache-2.0.",
        "# `alone`: how probable a signal must be to count without a phrase; `heard`: where a phrase was heard too;",
        "# `avoided`: in place of `alone`, for what agents should not say.",
        f'sha256 = "{hashlib.sha256(weights.read_bytes()).hexdigest()}"',
        f"alone = {bar.alone:.2f}",
        f"heard = {bar.heard:.2f}",
        f"avoided = {bar.avoided:.2f}",
        "signals = [",
        *(f'    "{name}",' for name in outputs.signals),
        "]",
        "endings = [",
        *(f'    "{name}",' for name in outputs.endings),
        "]",
    ]
    weights.with_name("reader.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
