"""Kinds of the values of *Requirements* and *Settings*, by key; pure values."""

LIST_KEYS = frozenset({"samplers", "schedulers", "stop_sequence", "sampler_order"})
"""Keys whose value is a list, also with one item."""

WHOLE_KEYS = frozenset(
    {"clip_skip", "min_steps", "max_steps", "max_context_length", "max_length", "n", "rep_pen_range", "top_k"}
)
NUMBER_KEYS = WHOLE_KEYS | frozenset(
    {
        "cfg_scale",
        "min_cfg_scale",
        "max_cfg_scale",
        "dynatemp_exponent",
        "dynatemp_range",
        "min_p",
        "rep_pen",
        "rep_pen_slope",
        "smoothing_factor",
        "temperature",
        "tfs",
        "top_a",
        "top_p",
        "typical",
    }
)
"""Keys whose value is a number."""

REQUIREMENT_KEYS = frozenset(
    {"clip_skip", "min_steps", "max_steps", "cfg_scale", "min_cfg_scale", "max_cfg_scale", "samplers", "schedulers"}
)
"""Keys that workers and live models know."""


def number_of(text: str) -> int | float | None:
    """Return the number that a text has, with a decimal point or comma; ``None`` for any other text."""
    bare = text.strip().strip("\"'").strip()
    try:
        return int(bare)
    except ValueError:
        pass
    try:
        number = float(bare.replace(",", ".", 1))
    except ValueError:
        return None
    if number in (float("inf"), float("-inf")) or number != number:  # noqa: PLR0124 - not a number
        return None
    return int(number) if number.is_integer() and "." not in bare and "," not in bare else number
