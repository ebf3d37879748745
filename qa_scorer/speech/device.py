"""Where recognition runs and with which arithmetic: chosen from what the machine offers."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from qa_scorer.errors import ModelError
from qa_scorer.settings import Settings

GIB = 1024**3
CPU_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The device, and the compute types to try in order: each is smaller than the one before."""

    device: str
    compute_types: tuple[str, ...]
    batch_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What can be asked about this machine; tests hand in their own answers."""

    cuda_devices: Callable[[], int]
    compute_types: Callable[[str], Collection[str]]
    gpu_memory_bytes: Callable[[], int | None]
    prepare_cuda: Callable[[], None]


def plan(settings: Settings, machine: Machine) -> Plan:
    """Choose device, compute types and batch size.

    float16 where the GPU computes in it and has 8 GB, int8_float16 on smaller ones, int8 on the processor. Raises
    ``ModelError`` when CUDA is asked for and cannot be had.
    """
    device = settings.device
    if device != "cpu":
        found = machine.cuda_devices()
        if device == "cuda" and not found:
            raise ModelError("device is cuda but no GPU was found; `qa-scorer doctor` tells why, or use --device cpu.")
        device = "cuda" if found else "cpu"
    if device == "cpu":
        asked = () if settings.compute_type == "auto" else (settings.compute_type,)
        return Plan(device="cpu", compute_types=asked or ("int8",), batch_size=CPU_BATCH)
    machine.prepare_cuda()
    supported = machine.compute_types("cuda")
    memory = machine.gpu_memory_bytes() or 8 * GIB
    ladder = ("float16", "int8_float16", "int8") if memory >= 8 * GIB else ("int8_float16", "int8")
    types = tuple(kind for kind in ladder if kind in supported) or ("float32",)
    if settings.compute_type != "auto":
        types = (settings.compute_type, *(kind for kind in types if kind != settings.compute_type))
    return Plan(
        device="cuda", compute_types=types, batch_size=32 if memory >= 16 * GIB else 16 if memory >= 8 * GIB else 8
    )


def load_cuda_libraries() -> None:
    """Load cuBLAS 12 by its full path: CTranslate2 aborts the process when it cannot find it by itself.

    Raises ``ModelError`` naming the extra that brings it.
    """
    for package, library in (("nvidia.cublas", "libcublas.so.12"), ("nvidia.cudnn", "libcudnn.so.9")):
        folder = _package_folder(package)
        path = folder / "lib" / library if folder else None
        try:
            if path and path.exists():
                for needed in (path.with_name("libcublasLt.so.12"), path):
                    if needed.exists():
                        ctypes.CDLL(str(needed), mode=ctypes.RTLD_GLOBAL)
            else:
                ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
        except OSError as error:
            if library.startswith("libcublas"):
                raise ModelError(
                    f"{library} is missing, which recognition on a GPU needs; `pip install 'qa-scorer[gpu]'` brings it."
                ) from error


def gpu_memory_bytes() -> int | None:
    """Return the memory of the first GPU from NVML, or ``None`` where it cannot be asked."""

    class Memory(ctypes.Structure):
        _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))

    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    handle, memory = ctypes.c_void_p(), Memory()
    if nvml.nvmlInit_v2() != 0:
        return None
    try:
        if nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)) != 0:
            return None
        return int(memory.total) if nvml.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == 0 else None
    finally:
        nvml.nvmlShutdown()


def _package_folder(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None
