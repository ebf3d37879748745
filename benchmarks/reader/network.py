"""The reader's network: a MiniLM encoder, clauses pooled from its tokens, and one output for each signal and ending."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from benchmarks.reader.examples import Example
from qa_scorer.reader import ENDING, PLACES

LAYERS, WIDTH, HEADS, INNER, VOCABULARY = 6, 384, 12, 1536, 30522
HIDDEN = 256
BATCH = 16
HEAD_FASTER = 5  # a head that starts from nothing learns faster than an encoder that knows its language
POSITIVE = 2.0  # weight of a signal that is there: most are not, most of the time
BARE_SHARE, PLACE_LOST, TOKEN_LOST = 0.3, 0.15, 0.03
MASK_TOKEN = 103


class Network(nn.Module):
    """The encoder of sentence-transformers/all-MiniLM-L6-v2 with a head that reads clause and turn together."""

    def __init__(self, n_outputs: int) -> None:
        super().__init__()
        self.word = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Embedding(512, WIDTH)
        self.segment = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(WIDTH, HEADS, INNER, 0.1, "gelu", layer_norm_eps=1e-12, batch_first=True)
            for _ in range(LAYERS)
        )
        self.drop = nn.Dropout(0.1)
        self.head = nn.Sequential(
            nn.Linear(2 * WIDTH, HIDDEN), nn.GELU(), nn.Dropout(0.2), nn.Linear(HIDDEN, n_outputs)
        )
        nn.init.constant_(self.head[3].bias, -3.0)

    def forward(self, ids: Tensor, segments: Tensor, pool: Tensor, padding: Tensor | None = None) -> Tensor:
        """Return logits ``(n_pages, n_clauses, n_outputs)``."""
        x = self.word(ids) + self.segment(segments) + self.position.weight[: ids.shape[1]][None]
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=padding)
        x = x.float()
        clauses = pool @ x
        turn = x[:, :1].expand(-1, clauses.shape[1], -1)
        return self.head(torch.cat([clauses, turn], -1))


def pretrained(weights: Path, n_outputs: int) -> Network:
    """Return the network with the published encoder's weights (``model.safetensors``) and a new head."""
    given, network = load_file(weights), Network(n_outputs)
    state = network.state_dict()
    for ours, theirs in (
        ("word.weight", "word_embeddings.weight"),
        ("position.weight", "position_embeddings.weight"),
        ("segment.weight", "token_type_embeddings.weight"),
        ("norm.weight", "LayerNorm.weight"),
        ("norm.bias", "LayerNorm.bias"),
    ):
        state[ours] = given[f"embeddings.{theirs}"]
    for i in range(LAYERS):
        theirs, ours = f"encoder.layer.{i}", f"layers.{i}"
        for kind in ("weight", "bias"):
            parts = [given[f"{theirs}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"{ours}.self_attn.in_proj_{kind}"] = torch.cat(parts)
            state[f"{ours}.self_attn.out_proj.{kind}"] = given[f"{theirs}.attention.output.dense.{kind}"]
            state[f"{ours}.linear1.{kind}"] = given[f"{theirs}.intermediate.dense.{kind}"]
            state[f"{ours}.linear2.{kind}"] = given[f"{theirs}.output.dense.{kind}"]
            state[f"{ours}.norm1.{kind}"] = given[f"{theirs}.attention.output.LayerNorm.{kind}"]
            state[f"{ours}.norm2.{kind}"] = given[f"{theirs}.output.LayerNorm.{kind}"]
    network.load_state_dict(state)
    return network


def resume(network: Network, state: Mapping[str, Tensor]) -> None:
    """Load a state; outputs that it does not have yet keep what they begin with."""
    mine = network.state_dict()
    for name, given in state.items():
        mine[name][: len(given)] = given
    network.load_state_dict(mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often to go through the examples, how fast to learn at most, and the seed of the order."""

    epochs: int
    rate: float
    seed: int


def train(network: Network, examples: Sequence[Example], plan: Plan, after: Callable[[int], None]) -> None:
    """Fit the network; word vectors stay as published, since rare words would drift without being seen."""
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)  # noqa: S311  # order of training, no secret
    network.word.requires_grad_(False)
    encoder = [p for name, p in network.named_parameters() if not name.startswith("head") and p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": plan.rate}, {"params": network.head.parameters(), "lr": HEAD_FASTER * plan.rate}],
        weight_decay=0.01,
    )
    steps = plan.epochs * -(-len(examples) // BATCH)
    warm = max(1, steps // 15)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (step + 1) / warm if step < warm else max(0.02, (steps - step) / (steps - warm))
    )
    for epoch in range(plan.epochs):
        network.train()
        for batch in _batches(examples, rng):
            loss = _loss(network, batch, rng)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        after(epoch)


def _batches(examples: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Yield batches of like lengths, in another order every time."""
    order = sorted(examples, key=lambda example: len(example.page.ids) + rng.random() * 12)
    batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    for batch in batches:
        yield [example.bare if example.bare and rng.random() < BARE_SHARE else example for example in batch]


def _loss(network: Network, batch: Sequence[Example], rng: random.Random) -> Tensor:
    """Return the loss of clauses that are labelled and of turns by their strongest clause."""
    length = max(len(example.page.ids) for example in batch)
    n_clauses = max(len(example.page.pool) for example in batch)
    n_outputs = batch[0].turn.shape[0]
    ids = np.zeros((len(batch), length), np.int64)
    segments, padding = np.zeros_like(ids), np.ones((len(batch), length), bool)
    pool = np.zeros((len(batch), n_clauses, length), np.float32)
    clauses = np.full((len(batch), n_clauses, n_outputs), np.nan, np.float32)
    there = np.zeros((len(batch), n_clauses), bool)
    for i, example in enumerate(batch):
        page, n = example.page, len(example.page.ids)
        ids[i, :n], segments[i, :n], padding[i, :n] = page.ids, page.segments, False
        lost = [k for k in range(2, n) if page.ids[k] > MASK_TOKEN and rng.random() < TOKEN_LOST]
        ids[i, lost] = MASK_TOKEN
        if page.ids[1] != ENDING and rng.random() < PLACE_LOST:
            ids[i, 1] = PLACES["anywhere"]
        pool[i, : len(page.pool), :n] = page.pool
        clauses[i, : len(page.pool)] = example.clauses
        there[i, : len(page.pool)] = True
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(*map(torch.from_numpy, (ids, segments, pool, padding)))
    strongest = logits.float().masked_fill(~torch.from_numpy(there)[:, :, None], -30.0).amax(1)
    turn = torch.from_numpy(np.stack([example.turn for example in batch]))
    weight = torch.tensor([example.weight for example in batch])
    of_clauses = torch.from_numpy(clauses)
    by_turn = _cross_entropy(strongest, turn) * weight[:, None]
    by_clause = _cross_entropy(logits.float(), of_clauses) * weight[:, None, None]
    labelled = (weight[:, None] * ~torch.isnan(of_clauses).all(-1)).sum().clamp(min=1.0)
    return by_turn.sum() / weight.sum() + by_clause.sum() / labelled


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    known = ~torch.isnan(labels)
    loss = nn.functional.binary_cross_entropy_with_logits(
        logits, torch.nan_to_num(labels), reduction="none", pos_weight=torch.tensor(POSITIVE)
    )
    return loss * known
