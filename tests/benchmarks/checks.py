"""Cost of the content checks of one record against a whole reference, and of parsing its JSON."""

import json
import time
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.services.checks.live_index import live_index
from bot.services.checks.run import run_checks
from scripts.check_reference import subjects_of
from tests.benchmarks.figures import HEADER, Series, row
from tests.harness.reference_data import SAMPLE, legacy_records, whole


def measure_checks(*, rounds: int) -> str:
    """Measure each live image and text record as a proposal; the floor is parsing its JSON."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for category, name, record in legacy_records(whole() or SAMPLE):
        found.setdefault(category, {})[name] = {"name": name, **record}
    lines = [f"\nContent checks of one record, in ms ({'whole reference' if whole() else 'sample'})\n{HEADER}"]
    for category in ("image_generation", "text_generation"):
        records = found[category]
        begun = time.process_time()
        live_index(records, CanonicalFormat.LEGACY)
        index_ms = (time.process_time() - begun) * 1000
        subjects = [subject for pair in subjects_of(category, records) for subject in pair]
        times, floors = [], []
        for subject in subjects * max(1, rounds // 10):
            text = json.dumps(subject.record)
            begun = time.process_time()
            json.loads(text)
            between = time.process_time()
            run_checks(subject)
            floors.append((between - begun) * 1000)
            times.append((time.process_time() - between) * 1000)
        lines.append(row(category, Series(times), Series(floors)))
        lines.append(f"  index of {len(records)} records, built once a reading: {index_ms:.1f} ms\n")
    return "".join(lines)
