"""Records of a reference in the legacy layout, as the service tells them: the sample, or a whole one somewhere else."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.reference_service import SAMPLE_DATA

VARIABLE = "CURATOR_TEST_REFERENCE_DATA"
"""Environment: a folder with a whole reference in the legacy layout, to be tested as well."""

OWN_FOLDER = Path(__file__).parents[2] / "reference-data" / "legacy"
"""Where one may lie inside of the project, without being a part of it."""

SAMPLE = SAMPLE_DATA / "legacy"
_FILES = {"stable_diffusion": "image_generation"}
"""Names of files that differ from their category."""


def whole() -> Path | None:
    """The folder of a whole reference: the one that the environment names, or the project's own, if it is there.

    Raises:
        UsageError: the environment names a folder without one: better no tests than fewer.
    """
    named = os.environ.get(VARIABLE)
    if named and not (Path(named) / "models.csv").is_file():
        raise pytest.UsageError(f"{VARIABLE} names {named}, where there is no models.csv")
    folder = Path(named) if named else OWN_FOLDER
    return folder if (folder / "models.csv").is_file() else None


def folders() -> dict[str, Path]:
    """The folders to test: the sample, and a whole reference where there is one."""
    found = whole()
    return {"sample": SAMPLE} | ({"whole": found} if found else {})


def legacy_records(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Category, name and record of every model."""
    for path in sorted(folder.glob("*.json")):
        for name, record in json.loads(path.read_text(encoding="utf-8")).items():
            yield _FILES.get(path.stem, path.stem), name, record
    with (folder / "models.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield "text_generation", row["name"], _text_record(row)


def _text_record(row: dict[str, str]) -> dict[str, Any]:
    """A row as a record: what is empty left out, numbers, lists and settings read."""
    record: dict[str, Any] = {key: value for key, value in row.items() if value}
    record["parameters"] = int(float(record.pop("parameters_bn")) * 10**9)
    if "tags" in record:
        record["tags"] = record["tags"].split(",")
    if "settings" in record:
        record["settings"] = json.loads(record["settings"])
    return record
