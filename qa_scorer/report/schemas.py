"""The public tables, ``data/*.parquet``. Columns are added, never renamed.

======== ============================== ===============================================================================
table    one row is                     columns beyond the keys ``call_id`` and ``agent``
======== ============================== ===============================================================================
calls    a call, scored or not          metadata, ``date``, ``duration_s``, ``status`` and ``reason``, ``score``,
                                        ``score_before_critical``, ``compliance_score``, ``band``, ``band_reason``,
                                        ``confidence``, ``outcome``, ``outcome_confidence``, ``customer_end``,
                                        ``repeat_contact``, ``critical_failed``, ``rubric``, ``rubric_version``,
                                        ``rubric_sha256``
criteria a criterion of a scored call   ``section``, ``section_title``, ``section_weight``, ``section_score``,
                                        ``criterion``, ``question``, ``weight`` (as on the form), ``form_weight`` (of
                                        100), ``points``, ``out_of``, ``share`` (points ÷ out of), ``lost`` (points of
                                        100), ``applicable``, ``reason``, ``confidence``, ``severity``,
                                        ``critical_failed``, ``controllable``
findings a piece of evidence            ``criteria`` (ids that used it), ``signal``, ``verdict``, ``role``, ``start``
                                        and ``end`` (s), ``turn``, ``quote``, ``rule``, ``how``, ``confidence``,
                                        ``suggestion``
metrics  a measured fact of a call      ``metric``, ``value``, ``unit``
======== ============================== ===============================================================================

``agent`` is the agent's id, else the name, else ``unassigned``. ``date`` is the day the call started, null if unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

TEXT, NUMBER, WHOLE, FLAG, DAY, LIST = "text", "number", "whole", "flag", "day", "list"

SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "calls": {
        "call_id": TEXT,
        "agent": TEXT,
        "agent_id": TEXT,
        "agent_name": TEXT,
        "team": TEXT,
        "queue": TEXT,
        "client": TEXT,
        "direction": TEXT,
        "started_at": TEXT,
        "date": DAY,
        "duration_s": NUMBER,
        "language": TEXT,
        "status": TEXT,
        "reason": TEXT,
        "score": NUMBER,
        "score_before_critical": NUMBER,
        "compliance_score": NUMBER,
        "band": TEXT,
        "band_reason": TEXT,
        "confidence": NUMBER,
        "outcome": TEXT,
        "outcome_confidence": NUMBER,
        "customer_end": TEXT,
        "repeat_contact": FLAG,
        "critical_failed": FLAG,
        "rubric": TEXT,
        "rubric_version": TEXT,
        "rubric_sha256": TEXT,
    },
    "criteria": {
        "call_id": TEXT,
        "agent": TEXT,
        "section": TEXT,
        "section_title": TEXT,
        "section_weight": NUMBER,
        "section_score": NUMBER,
        "criterion": TEXT,
        "question": TEXT,
        "weight": NUMBER,
        "form_weight": NUMBER,
        "points": NUMBER,
        "out_of": NUMBER,
        "share": NUMBER,
        "lost": NUMBER,
        "applicable": FLAG,
        "reason": TEXT,
        "confidence": NUMBER,
        "severity": TEXT,
        "critical_failed": FLAG,
        "controllable": FLAG,
    },
    "findings": {
        "call_id": TEXT,
        "agent": TEXT,
        "criteria": LIST,
        "signal": TEXT,
        "verdict": TEXT,
        "role": TEXT,
        "start": NUMBER,
        "end": NUMBER,
        "turn": WHOLE,
        "quote": TEXT,
        "rule": TEXT,
        "how": TEXT,
        "confidence": NUMBER,
        "suggestion": TEXT,
    },
    "metrics": {"call_id": TEXT, "agent": TEXT, "metric": TEXT, "value": NUMBER, "unit": TEXT},
}


def frame(name: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Return rows of the table ``name`` in its schema."""
    import polars as pl

    kinds: dict[str, Any] = {
        TEXT: pl.String,
        NUMBER: pl.Float64,
        WHOLE: pl.Int64,
        FLAG: pl.Boolean,
        DAY: pl.Date,
        LIST: pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema={column: kinds[kind] for column, kind in SCHEMAS[name].items()}, orient="row")
