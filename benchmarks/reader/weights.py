"""Write the trained network as the file that ships: plain operations, eight-bit weights."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from benchmarks.reader.network import HEADS, WIDTH, Network


class _Plain(nn.Module):
    """The network's arithmetic for one turn without padding, as operations that every runtime has."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, segments: Tensor, pool: Tensor) -> Tensor:
        """Return probabilities ``(n_clauses, n_outputs)``."""
        net = self.network
        x = net.norm(net.word(ids) + net.segment(segments) + net.position.weight[: ids.shape[1]][None])
        for layer in net.layers:
            x = layer.norm1(x + self.attend(layer.self_attn, x))
            x = layer.norm2(x + layer.linear2(nn.functional.gelu(layer.linear1(x))))
        clauses = pool @ x
        turn = x[:, :1].expand(-1, clauses.shape[1], -1)
        return torch.sigmoid(net.head(torch.cat([clauses, turn], -1)))[0]

    def attend(self, attention: nn.MultiheadAttention, x: Tensor) -> Tensor:
        """Return what self-attention adds to every token."""
        # Slices, which the exporter folds into constants: only those become eight-bit.
        weights = [attention.in_proj_weight[i * WIDTH : (i + 1) * WIDTH] for i in range(3)]
        biases = [attention.in_proj_bias[i * WIDTH : (i + 1) * WIDTH] for i in range(3)]
        query, key, value = (
            (x @ weight.T + bias).reshape(1, -1, HEADS, WIDTH // HEADS).transpose(1, 2)
            for weight, bias in zip(weights, biases, strict=True)
        )
        heard = torch.softmax(query @ key.transpose(2, 3) / (WIDTH // HEADS) ** 0.5, -1) @ value
        return attention.out_proj(heard.transpose(1, 2).reshape(1, -1, WIDTH))


def write(network: Network, path: Path) -> None:
    """Export the network to ONNX with eight-bit weights."""
    plain = _Plain(network.eval()).eval()
    ids = torch.randint(1000, 2000, (1, 37))
    pool = torch.rand(1, 3, 37)
    axes = {
        "ids": {1: "tokens"},
        "segments": {1: "tokens"},
        "pool": {1: "clauses", 2: "tokens"},
        "probabilities": {0: "clauses"},
    }
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        exact = Path(folder) / "reader.onnx"
        torch.onnx.export(
            plain,
            (ids, torch.zeros_like(ids), pool),
            str(exact),
            input_names=["ids", "segments", "pool"],
            output_names=["probabilities"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        # Seven of the eight bits: processors without VNNI would overflow with the last one.
        quantize_dynamic(exact, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
