"""The house rules that no linter knows: what they are stands in CONTRIBUTING.md, why in ARCHITECTURE.md."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from qa_scorer.cli import app, commands

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "qa_scorer"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 300

# Where a heavy library may be imported: everything else sees it through that door.
DOORS = {
    "av": ("audio.py",),
    "ctranslate2": ("speech/asr.py", "doctor.py"),
    "faster_whisper": ("speech/asr.py",),
    "huggingface_hub": ("models/hub.py",),
    "jinja2": ("report/html.py",),
    "openpyxl": ("report/", "calls/manifest.py"),
    "presidio_analyzer": ("redact/",),
    "pyannote": ("speech/",),
    "ray": ("engines/ray.py",),
    "spacy": ("language.py", "redact/"),
    "speechbrain": ("speech/",),
    "torch": ("speech/", "doctor.py"),
}
COMMAND_HELPERS = {"__init__", "commands", "options", "progress"}


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the top-level packages a module imports at run time; those for type checkers alone do not count."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        yield from imports(node)


def calls(tree: ast.AST) -> Iterator[str]:
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def help_pages() -> Iterator[tuple[str, ...]]:
    yield from ((command.__name__.replace("_", "-").strip("-"),) for command in commands.COMMANDS)
    for name, group, _ in commands.GROUPS:
        for command in group.registered_commands:
            assert command.callback is not None
            yield name, command.name or command.callback.__name__.replace("_", "-")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
class TestModule:
    def test_it_is_short_enough_to_read(self, path: Path) -> None:
        length = text_of(path).count("\n")
        assert length <= MAX_LINES

    def test_it_has_a_name_that_says_what_is_in_it(self, path: Path) -> None:
        assert path.stem not in {"utils", "util", "helpers", "common", "misc"}

    def test_only_the_command_line_prints_or_exits(self, path: Path) -> None:
        if path.parent.name != "cli":
            used = set(calls(tree_of(path)))
            assert not used & {"print", "typer.echo", "sys.exit", "exit", "quit", "os._exit", "sys.stdout.write"}

    def test_heavy_libraries_come_through_their_door(self, path: Path) -> None:
        used = set(imports(tree_of(path)))
        wrong = {lib for lib in used & DOORS.keys() if not name_of(path).startswith(DOORS[lib])}
        assert not wrong

    def test_the_environment_is_read_by_the_settings_alone(self, path: Path) -> None:
        text = text_of(path)
        # Setting a variable for a library before it is imported is no reading.
        reads = re.findall(r"os\.environ(?!\[[^]]+\] = )|os\.getenv", text)
        assert path.name == "settings.py" or not reads

    def test_nothing_is_left_to_be_done(self, path: Path) -> None:
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text_of(path))

    def test_weights_are_loaded_without_running_what_is_in_them(self, path: Path) -> None:
        tree = tree_of(path)
        assert not set(imports(tree)) & {"pickle", "dill", "joblib", "shelve"}
        loads = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "torch.load"]
        assert all("weights_only=True" in ast.unparse(load) for load in loads)


def test_the_layers_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_command_file_is_in_the_list() -> None:
    files = {path.stem for path in (PACKAGE / "cli").glob("*.py")} - COMMAND_HELPERS
    homes = {command.__module__.rpartition(".")[2] for command in commands.COMMANDS}
    homes |= {c.callback.__module__.rpartition(".")[2] for _, g, _ in commands.GROUPS for c in g.registered_commands}
    assert files == homes


@pytest.mark.parametrize("page", help_pages(), ids=" ".join)
def test_every_command_has_help_with_an_example(page: tuple[str, ...]) -> None:
    from typer.testing import CliRunner

    result = CliRunner().invoke(app, [*page, "--help"])
    assert result.exit_code == 0, result.output
    assert f"qa-scorer {' '.join(page)}" in re.sub(r"\s+", " ", result.output.partition("Example")[2])


def test_help_needs_no_heavy_library() -> None:
    """Keeps `--help` under half a second; benchmarks/ measures it."""
    script = "import sys, qa_scorer.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & (DOORS.keys() | {"polars", "pandas", "numpy", "scipy", "sklearn", "onnxruntime", "tokenizers"})


def pins() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    # Names and versions and nothing else: where packages come from is each user's own pip configuration.
    assert [line for line in pinned if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line)] == []
    return {canonical(name): version for name, _, version in (line.partition("==") for line in pinned)}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_pins_every_requirement_within_its_range() -> None:
    pinned = pins()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        version = pinned.get(canonical(wanted.name))
        assert version, f"{text} is not pinned: make lock"
        assert wanted.specifier.contains(version, prereleases=True), f"{text} is pinned at {version}: make lock"


def test_no_file_names_an_index_or_a_folder_of_the_machine_it_was_made_on() -> None:
    built = [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "requirements.lock", ROOT / ".ci" / "run"]
    texts = {path: text_of(path) for path in [*built, *MODULES]}
    assert [path.name for path in built if re.search(r"\w+://|index-url|find-links", texts[path])] == []
    assert [path.name for path, text in texts.items() if re.search(r"/home/|/root/|/tmp/", text)] == []


def test_the_version_has_one_home() -> None:
    from qa_scorer import __version__

    assert importlib.metadata.version("qa-scorer") == __version__
