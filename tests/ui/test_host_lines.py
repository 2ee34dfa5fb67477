"""Every result of a host check and every note of a link has words, and none of them is markup of the host."""

from datetime import UTC, datetime

import pytest

from bot.reference.records import FileEntry
from bot.services.hosts.host_findings import HostFacts, HostFinding, HostVerdict
from bot.services.hosts.values import LinkSource, Note, Offer, Reading, UnansweredHost
from bot.sources.host_client import HostProblem
from bot.ui.cards.host_lines import host_lines
from bot.ui.glyphs import Theme
from bot.ui.proposals.link_lines import note_lines, problem_lines
from tests.ui.inert import alive, hidden

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOSTILE = "`x` [y](https://evil.example) @everyone <@1>\u202e"
UNANSWERED = (HostVerdict.NOT_ASKED, HostVerdict.NOT_ASKED_AGAIN)
FILE = FileEntry(HOSTILE, "https://huggingface.co/a/b/resolve/main/c", "ab" * 32, 6_938_040_706)


@pytest.mark.parametrize("verdict", [each for each in HostVerdict if each not in UNANSWERED])
def test_every_result_is_a_sentence_of_its_own(verdict: HostVerdict) -> None:
    facts = HostFacts("Hugging Face", NOW, sha256="cd" * 32, size_bytes=6_938_040_000, moved_to=HOSTILE)
    line, when = host_lines([HostFinding(FILE, verdict, facts)], Theme())
    assert line.endswith(".")
    assert "{" not in line
    assert not set("[]<@") & set(alive(line))
    assert hidden(line) <= {"\ufe0f"}
    assert when.startswith("-# Checked <t:")
    assert line[0] == {True: "❌", False: "✅" if verdict.is_pass else "⚠"}[verdict.is_fail]


def test_sizes_that_round_alike_are_told_apart_in_bytes() -> None:
    facts = HostFacts("Hugging Face", NOW, size_bytes=6_938_040_000)
    line, _ = host_lines([HostFinding(FILE, HostVerdict.OTHER_SIZE, facts)], Theme())
    assert "6,938,040,706 bytes" in line
    assert "6,938,040,000 bytes" in line


@pytest.mark.parametrize("verdict", UNANSWERED)
@pytest.mark.parametrize("problem", list(HostProblem))
def test_every_missing_answer_has_its_reason(problem: HostProblem, verdict: HostVerdict) -> None:
    facts = HostFacts("Civitai", NOW, problem=problem, retry_in_s=55)
    line, _ = host_lines([HostFinding(FILE, verdict, facts)], Theme())
    assert line.startswith("⚠")
    assert ("last checked" in line) is (verdict is HostVerdict.NOT_ASKED_AGAIN)
    assert "**Civitai** " in line
    assert "again in 55 s" in line
    assert problem_lines([UnansweredHost("Civitai", problem)], Theme())[0].startswith("⚠")


@pytest.mark.parametrize("note", list(Note))
def test_every_note_of_a_link_has_words(note: Note) -> None:
    source = LinkSource(Reading("Civitai", "https://civitai.com/models/1", None, (Offer("x", notes=(note,)),)))
    assert len(note_lines(source, "image_generation", Theme(), is_checked=False)) == 1


def test_a_text_model_needs_no_single_file() -> None:
    offers = (Offer("x", notes=(Note.NO_SINGLE_FILE,)),)
    source = LinkSource(Reading("Civitai", "https://civitai.com/models/1", None, offers))
    assert note_lines(source, "text_generation", Theme(), is_checked=False) == []
