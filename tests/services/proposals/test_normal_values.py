"""White space at the ends and capitals in a hash go silently; values of the live record stay."""

from bot.services.proposals.normal_values import normalised

RECORD = {
    "name": " Lumen\u00a0",
    "tags": [" lamp", "warm "],
    "settings": {"stop_sequence": ["\n### "]},
    "config": {"files": [{"path": "a ", "sha256sum": " ABCD "}, {"path": "b", "sha256sum": "FIXME"}]},
    "size": 7,
}


def test_new_values_are_trimmed_and_hashes_are_lower_case() -> None:
    assert normalised(RECORD, None) == {
        "name": "Lumen",
        "tags": ["lamp", "warm"],
        "settings": {"stop_sequence": ["\n### "]},
        "config": {"files": [{"path": "a", "sha256sum": "abcd"}, {"path": "b", "sha256sum": "FIXME"}]},
        "size": 7,
    }


def test_values_of_the_live_record_stay() -> None:
    assert normalised(RECORD, RECORD) == RECORD
    assert normalised({**RECORD, "version": " 2"}, RECORD) == {**RECORD, "version": "2"}
