"""The bot, but that everybody may act as often as a benchmark presses: a refusal would be measured otherwise."""

import runpy

from bot.services import rate_limits


def main() -> None:
    """Become the bot."""
    rate_limits.ACTIONS_A_MINUTE = 10**9  # type: ignore[misc] # final for everybody else
    rate_limits.READS_A_MINUTE = rate_limits.READ_CHECKS_A_MINUTE = 10**9  # type: ignore[misc] # as above
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
