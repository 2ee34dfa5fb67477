"""Figures of the content checks: mistakes named, and lines on a reference's records.

Each live record of a folder in the legacy layout is judged twice: as a new model, with its own entry taken out of the
comparison, and as an update of itself that only changes the description. Counted are lines that are no passes.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import CheckCode, CheckedRecord, Verdict
from bot.services.checks.live_index import live_index
from bot.services.checks.run import run_checks
from tests.harness.reference_data import SAMPLE, legacy_records
from tests.services.checks.historical import HISTORICAL, NAMED_MIN
from tests.services.checks.mistaken_records import BASELINES, STYLES_OF_CONTROLNET, is_named
from tests.services.checks.mistakes import MISTAKES

TRUE_ON_A_NEW_MODEL = frozenset(
    {
        CheckCode.FILE_TYPE,
        CheckCode.HOST_UNKNOWN,
        CheckCode.NAME_SLASH,
        CheckCode.FORMAT_VARIANT,
        CheckCode.STYLE_VARIANT,
        CheckCode.TAG_VARIANT,
        CheckCode.NSFW_WORDS,
        CheckCode.VALUE_MISPLACED,
    }
)
"""Lines that are right on the record as a new one: a pickle, another host, a rare spelling, a contradiction."""


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE, help="a reference in the legacy layout")
    parser.add_argument("--lines", action="store_true", help="print each line on a live record")
    chosen = parser.parse_args()
    _print_mistakes()
    _print_historical()
    found: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for category, name, record in legacy_records(chosen.folder):
        found[category][name] = {"name": name, **record}
    for category, records in sorted(found.items()):
        _print_lines(category, records, show=chosen.lines)
    return 0


def _print_historical() -> None:
    """Print how many real mistakes of each kind are named; the values are made up."""
    counts = Counter(case.kind for case in HISTORICAL)
    named = Counter(case.kind for case in HISTORICAL if is_named(case))
    sys.stdout.write(f"real mistakes that the record shows: {named.total()} of {counts.total()} named ")
    sys.stdout.write(f"(goal {NAMED_MIN})\n")
    for kind, count in counts.items():
        sys.stdout.write(f"  {kind}: {named[kind]} of {count}\n")


def _print_mistakes() -> None:
    missed = [case for case in MISTAKES if not is_named(case)]
    kinds = {case.kind for case in MISTAKES}
    named = kinds - {case.kind for case in missed}
    sys.stdout.write(f"mistakes named: {len(MISTAKES) - len(missed)} of {len(MISTAKES)} inputs, ")
    sys.stdout.write(f"{len(named)} of {len(kinds)} kinds in full\n")
    for case in missed:
        sys.stdout.write(f"  not named: {case.kind} {case.label}\n")


def subjects_of(category: str, records: Mapping[str, dict[str, Any]]) -> Iterator[tuple[CheckedRecord, CheckedRecord]]:
    """Yield each live record as a new model, and as an update of its description."""
    live = live_index(records, CanonicalFormat.LEGACY)
    names = frozenset(records)
    for name, record in records.items():
        create = CheckedRecord(
            operation=Operation.CREATE,
            category=category,
            name=name,
            record=record,
            dialect=CanonicalFormat.LEGACY,
            live_names=names - {name},
            baselines=BASELINES,
            choices={"CONTROLNET_STYLE": STYLES_OF_CONTROLNET},
            live=live,
        )
        changed = {**record, "description": f"{record.get('description', '')} More."}
        update = replace(
            create, operation=Operation.UPDATE, record=changed, live_record=record, live_names=names, why="More words"
        )
        yield replace(create, why="A good model"), update


def _print_lines(category: str, records: Mapping[str, dict[str, Any]], *, show: bool) -> None:
    lines: dict[str, Counter[CheckCode]] = {"create": Counter(), "update": Counter()}
    wrong: dict[str, set[str]] = {"create": set(), "update": set()}
    spent = 0.0
    for pair in subjects_of(category, records):
        for kind, subject in zip(lines, pair, strict=True):
            begun = time.process_time()
            checks = run_checks(subject)
            spent += time.process_time() - begun
            for check in checks:
                if check.verdict is Verdict.PASS:
                    continue
                lines[kind][check.code] += 1
                if check.code not in TRUE_ON_A_NEW_MODEL:
                    wrong[kind].add(subject.name)
                if show:
                    sys.stdout.write(f"    {kind} {subject.name}: {check.verdict} {check.code} {dict(check.facts)}\n")
    each = spent / len(records) / len(lines) * 1000
    sys.stdout.write(f"{category}: {len(records)} records, {each:.2f} ms each\n")
    for kind, counted in lines.items():
        share = len(wrong[kind]) / len(records)
        listed = ", ".join(f"{code} {count}" for code, count in counted.most_common()) or "no line"
        sys.stdout.write(f"  as {kind}: {len(wrong[kind])} records with a line in doubt ({share:.1%}): {listed}\n")


if __name__ == "__main__":
    raise SystemExit(main())
