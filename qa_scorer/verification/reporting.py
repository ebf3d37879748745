"""Verification for people (a table) and for CI servers (JUnit XML)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from qa_scorer.verification.comparison import Result

_NOT_XML = dict.fromkeys(set(range(32)) - {9, 10, 13})


def table(results: Sequence[Result]) -> list[str]:
    """Return a line a call, each mismatch under it, and a line that sums up."""
    width = max((len(result.call_id) for result in results), default=0)
    lines = []
    for result in results:
        met = len(result.checks) - len(result.mismatches)
        word = "ok" if not result.mismatches else "MISMATCH"
        lines.append(f"{result.call_id:<{width}}  {word:<8}  {met} of {len(result.checks)} as expected")
        for check in result.mismatches:
            lines.append(f"{'':<{width}}    {check.name}: expected {check.expected}, got {check.found}")
    wrong = sum(bool(result.mismatches) for result in results)
    calls = f"{len(results)} call{'' if len(results) == 1 else 's'}"
    lines.append(f"{calls} verified, {f'{wrong} with mismatches' if wrong else 'all as expected'}.")
    return lines


def junit_xml(results: Sequence[Result]) -> str:
    """Return JUnit XML: a test case a comparison, grouped by call."""
    suite = ET.Element(
        "testsuite",
        name="qa-scorer verify",
        tests=str(sum(len(result.checks) for result in results)),
        failures=str(sum(len(result.mismatches) for result in results)),
        errors="0",
    )
    for result in results:
        for check in result.checks:
            name = _legal(f"{check.name}: {check.expected}")
            case = ET.SubElement(suite, "testcase", classname=_legal(result.call_id), name=name)
            if not check.met:
                message = _legal(f"expected {check.expected}, got {check.found}")
                ET.SubElement(case, "failure", message=message, type="mismatch").text = message
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _legal(text: str) -> str:
    return text.translate(_NOT_XML)
