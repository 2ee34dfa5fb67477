"""The sentences of the host checks: one for each file and result."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from bot.services.hosts.host_findings import HostFacts, HostFinding, HostVerdict
from bot.sources.host_client import HostProblem
from bot.ui.choice_names import value_words
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import FILE_NAME, NAME_LIST, code, day, digest_start, plain, relative, size

BUDGET: Final = 700
COMMIT_SHOWN: Final = 7

PROBLEMS: Final[Mapping[HostProblem, str]] = {
    HostProblem.OFF: "is not asked: the operator has switched that off",
    HostProblem.UNREACHABLE: "cannot be reached",
    HostProblem.SLOW: "did not answer in time",
    HostProblem.BUSY: "takes no more requests for now",
    HostProblem.FAILING: "has a fault",
    HostProblem.REFUSED: "refused to answer",
    HostProblem.REGION: "cannot be asked from the bot's region",
    HostProblem.MISSING: "has no such model or version",
    HostProblem.MISSING_OR_PRIVATE: "says that it does not exist, or is private",
    HostProblem.UNREADABLE: "gave an answer that cannot be read",
}
"""Predicate of a sentence about a host without an answer."""

_NOT_DOWNLOADABLE: Final = "**Workers cannot download"
_WORDS: Final[Mapping[HostVerdict, str]] = {
    HostVerdict.GATED: f"{_NOT_DOWNLOADABLE} {{file}}:** it is gated on {{host}}.",
    HostVerdict.DISABLED: f"{_NOT_DOWNLOADABLE} {{file}}:** {{host}} has disabled the repository.",
    HostVerdict.ARCHIVED: f"{_NOT_DOWNLOADABLE} {{file}}:** the model is archived on {{host}}.",
    HostVerdict.EARLY_ACCESS: f"{_NOT_DOWNLOADABLE} {{file}} yet:** it is in early access on {{host}}{{until}}.",
    HostVerdict.NO_DOWNLOAD: f"{_NOT_DOWNLOADABLE} {{file}}:** {{host}} does not offer the download.",
    HostVerdict.GONE: "**Gone:** {host} has no such version for {file}.",
    HostVerdict.GONE_OR_PRIVATE: "**Not there:** the repository of {file} does not exist on {host}, or is private.",
    HostVerdict.NO_SUCH_FILE: "**Not there:** {host} has no such file for {file}.",
    HostVerdict.UNSAFE: "**Unsafe:** the scan of {host} warns about {file}.",
    HostVerdict.LOGIN: "**Needs a login:** only some workers can download {file} from {host}.",
    HostVerdict.MOVED: "**Moved:** the repository of {file} is now {moved_to}.",
    HostVerdict.NOT_ONE_FILE: "**Not one file:** the link of {file} leads to a choice of files on {host}.",
    HostVerdict.SHARD: "**Part of a model:** {file} is one of several parts, which workers cannot load.",
    HostVerdict.OPEN_REPOSITORY: "{host} has the repository of {file}, open to everyone.",
    HostVerdict.OTHER_BASE: "**Another base:** {host} says {base}, the record another.",
    HostVerdict.OTHER_KIND: "**Another kind of model:** {host} says {kind}.",
    HostVerdict.OTHER_PAGE: "**Another page:** {file} is of {page}, the homepage of another model.",
    HostVerdict.OTHER_SHAPES: "**Another base:** the tensors of {file} look like {shapes}, the record says otherwise.",
    HostVerdict.NO_VAE: "**No VAE** was found in {file}. The reference takes files with one.",
    HostVerdict.INPAINTING: "**Inpainting:** the tensors of {file} {channels}, the record says otherwise.",
    HostVerdict.LORA: "**Another kind of model:** {file} is a LoRA by its tensors.",
    HostVerdict.NO_SHA256: "**Not verified:** {host} has no sha256 for {file}.",
    HostVerdict.PICKLE: "**Pickle file:** {file} can contain code.",
}


def host_lines(findings: Iterable[HostFinding], theme: Theme) -> tuple[str, ...]:
    """Return a line for each result, and one with the time of the answers."""
    found = list(findings)
    if not found:
        return ()
    oldest = min(finding.facts.asked_at for finding in found)
    return (*result_lines(found, theme), f"-# Checked {relative(oldest)}")


def result_lines(findings: Iterable[HostFinding], theme: Theme) -> tuple[str, ...]:
    """Return a line for each result."""
    return tuple(dict.fromkeys(_line(each, theme) for each in findings))


def problem_text(host: str, problem: HostProblem, retry_in_s: float | None) -> str:
    """Return the sentence about a host without an answer."""
    again = f", again in {retry_in_s:.0f} s" if retry_in_s else ""
    return f"**{host}** {PROBLEMS[problem]}{again}."


def _line(finding: HostFinding, theme: Theme) -> str:
    verdict = finding.verdict
    glyph = Glyph.PASS if verdict.is_pass else Glyph.FAIL if verdict.is_fail else Glyph.WARN
    return f"{theme.glyph(glyph)} {_sentence(finding)}"


def _sentence(finding: HostFinding) -> str:
    facts, file, other = finding.facts, finding.file, finding.fitting
    name = code(file.file_name or file.file_url, FILE_NAME)
    if facts.problem is not None:
        again = finding.verdict is HostVerdict.NOT_ASKED_AGAIN
        checked = f"was last checked {relative(facts.asked_at)}" if again else "is not checked there"
        return f"{problem_text(facts.host, facts.problem, facts.retry_in_s)} {name} {checked}."
    match finding.verdict:
        case HostVerdict.SAME:
            matching = "sha256" if file.size_bytes is None else f"sha256 and {size(file.size_bytes)}"
            commit = f" (commit {code(facts.commit[:COMMIT_SHOWN], COMMIT_SHOWN)})" if facts.commit else ""
            matches = "matches" if file.size_bytes is None else "match"
            sentence = f"{facts.host} has the same {name}: {matching} {matches}{commit}."
        case HostVerdict.OTHER_SHA256:
            here, there = digest_start(file.sha256 or ""), digest_start(facts.sha256 or "")
            sentence = f"**{facts.host} has another file** for {name}: sha256 here {here}, there {there}."
        case HostVerdict.HOST_KNOWS_SHA256:
            sentence = f"**{facts.host} knows the sha256** of {name}: {digest_start(facts.sha256 or '')}."
        case HostVerdict.ANOTHER_FITS if other is not None:
            bytes_ = "" if other.size_bytes is None else f", {size(other.size_bytes)}"
            sentence = f"**The sha256 is that of another file** on {facts.host}: {code(other.name, FILE_NAME)}{bytes_}."
        case HostVerdict.OTHER_SIZE:
            here, there = size(file.size_bytes or 0), size(facts.size_bytes or 0)
            if here == there:
                here, there = f"{file.size_bytes:,} bytes", f"{facts.size_bytes:,} bytes"
            sentence = f"**Size differs** for {name}: here {here}, on {facts.host} {there}."
        case HostVerdict.OTHER_ROUNDED_SIZE:
            here, there = f"{file.size_bytes or 0:,}", f"{facts.size_bytes or 0:,}"
            sentence = f"**Size may differ** for {name}: here {here} bytes, on {facts.host} about {there}."
        case verdict:
            sentence = _in_words(verdict, name, facts)
    return sentence


def _in_words(verdict: HostVerdict, name: str, facts: HostFacts) -> str:
    return _WORDS.get(verdict, "{file} is not checked there.").format(
        file=name,
        host=facts.host,
        moved_to=plain(facts.moved_to, NAME_LIST),
        until=_until(facts.until),
        base=value_words(facts.baseline or "", NAME_LIST),
        kind=code(facts.kind, NAME_LIST),
        page=f"civitai.com/models/{facts.model_id}",
        shapes=_baselines(facts),
        channels=_channels(facts),
    )


def _baselines(facts: HostFacts) -> str:
    return " or ".join(
        value_words(each, NAME_LIST) for each in (() if facts.shapes is None else facts.shapes.baselines)
    )


def _channels(facts: HostFacts) -> str:
    is_inpainting = facts.shapes is not None and facts.shapes.is_inpainting
    return "are those of an inpainting model" if is_inpainting else "are not those of an inpainting model"


def _until(iso: str) -> str:
    """Return the end of an early access as Discord shows a date; empty without one."""
    try:
        end = datetime.fromisoformat(iso)
    except ValueError:
        return ""
    return f" until {day(end)}" if end.tzinfo is not None else ""
