"""The bot, but that everybody may act as often as a benchmark presses: a refusal would be measured otherwise."""

import runpy

from bot.services import pace


def main() -> None:
    """Become the bot."""
    pace.ACTIONS_A_MINUTE = 10**9  # type: ignore[misc] # final for everybody else
    pace.READS_A_MINUTE = pace.READ_CHECKS_A_MINUTE = 10**9  # type: ignore[misc] # as above
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
