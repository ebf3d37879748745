"""Weights from a model hub or its mounted cache; the token, if any, is read from the environment by its client."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from pathlib import Path

from qa_scorer.errors import ModelError
from qa_scorer.models.catalogue import Model
from qa_scorer.models.store import sha256_of


def fetch(model: Model, staging: Path) -> str:
    """Copy the model's files into ``staging`` and return the revision they are of.

    Files the catalogue has no sha256 for are held to the checksum the hub itself declares. Raises ``ModelError``.
    """
    snapshot = _snapshot(model)
    found = (path for path in sorted(snapshot.rglob("*")) if path.is_file() and not path.name.startswith("."))
    for name in [file.path for file in model.files] or [str(path.relative_to(snapshot)) for path in found]:
        source = snapshot / name
        if not source.is_file():
            raise ModelError(
                f"{model.repo} has no {name} at revision {model.revision}: pull again, or use `--from DIR`."
            )
        _check_declared(model, source)
        (staging / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, staging / name)
    return snapshot.name


def _snapshot(model: Model) -> Path:
    """Return the folder in the hub's cache, downloaded where it is not there yet."""
    from huggingface_hub import errors, snapshot_download

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # every retry would be a line
    try:
        patterns = [file.path for file in model.files] or None
        return Path(snapshot_download(model.repo, revision=model.revision, allow_patterns=patterns))
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{model.repo} asks you to accept its terms: do so on its page of the hub, put your token in HF_TOKEN, "
            f"then `{model.pull_command}`."
        ) from error
    except Exception as error:  # the client raises many kinds; a user needs the same sentence for all of them
        raise ModelError(
            f"the model hub did not give {model.repo} ({type(error).__name__}): check the network and HF_TOKEN, mount "
            f"a cache with HF_HOME, or `{model.pull_command} --from DIR` with a folder that holds the files."
        ) from error


def _check_declared(model: Model, path: Path) -> None:
    """Compare with the hub's own checksum: its cache names a blob by its sha256 (large files) or its git id."""
    declared = path.resolve().name
    if re.fullmatch(r"[0-9a-f]{64}", declared):
        actual = sha256_of(path)
    elif re.fullmatch(r"[0-9a-f]{40}", declared):
        data = path.read_bytes()
        actual = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    else:
        return
    if actual != declared:
        raise ModelError(
            f"{model.repo}: {path.name} in the hub's cache is damaged: delete {path.resolve()} and pull again."
        )
