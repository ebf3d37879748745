from typing import Any

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.settings import Settings
from qa_scorer.speech.device import GIB, Machine, plan


def machine(
    gpus: int = 0, memory: int | None = None, types: tuple[str, ...] = ("float16", "int8_float16", "int8")
) -> Machine:
    return Machine(
        cuda_devices=lambda: gpus,
        compute_types=lambda device: types,
        gpu_memory_bytes=lambda: memory,
        prepare_cuda=lambda: None,
    )


def test_the_processor_computes_in_int8() -> None:
    chosen = plan(Settings(), machine())
    assert (chosen.device, chosen.compute_types) == ("cpu", ("int8",))


@pytest.mark.parametrize(
    ("memory", "types", "batch"),
    [
        (24 * GIB, ("float16", "int8_float16", "int8"), 32),
        (8 * GIB, ("float16", "int8_float16", "int8"), 16),
        (4 * GIB, ("int8_float16", "int8"), 8),
    ],
)
def test_a_gpu_is_used_by_its_memory(memory: int, types: tuple[str, ...], batch: int) -> None:
    chosen = plan(Settings(), machine(1, memory))
    assert (chosen.device, chosen.compute_types, chosen.batch_size) == ("cuda", types, batch)


def test_an_old_gpu_computes_in_what_it_can() -> None:
    assert plan(Settings(), machine(1, 16 * GIB, ("float32", "int8"))).compute_types == ("int8",)
    assert plan(Settings(), machine(1, 16 * GIB, ("float32",))).compute_types == ("float32",)


def test_settings_come_first() -> None:
    assert plan(Settings(device="cpu"), machine(1, 24 * GIB)).device == "cpu"
    assert plan(Settings(compute_type="float32"), machine()).compute_types == ("float32",)
    assert plan(Settings(compute_type="int8"), machine(1, 24 * GIB)).compute_types[0] == "int8"


def test_cuda_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="no GPU was found"):
        plan(Settings(device="cuda"), machine())


def test_cuda_libraries_are_loaded_before_they_are_asked() -> None:
    order: list[Any] = []
    asked = Machine(
        cuda_devices=lambda: 1,
        compute_types=lambda device: order.append("ask") or ("float16",),  # type: ignore[func-returns-value]
        gpu_memory_bytes=lambda: 8 * GIB,
        prepare_cuda=lambda: order.append("load"),
    )
    plan(Settings(), asked)
    assert order == ["load", "ask"]
