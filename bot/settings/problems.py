"""Problems of an operator's settings; their texts never contain a value."""

from dataclasses import dataclass
from typing import Final

EXIT_CODE: Final = 78
"""EX_CONFIG of sysexits."""


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """Invalid setting.

    Attributes:
        setting: the variable as the operator writes it (``CURATOR_SERVICE_URL``), or a file's path.
        what: description of the problem, without the value.
        remedy: how to fix it.
    """

    setting: str
    what: str
    remedy: str


class SettingsError(Exception):
    """The program cannot start with these settings.

    Its text is for the operator's terminal: a line for each problem, none with a value.
    """

    exit_code: Final = EXIT_CODE

    def __init__(self, problems: tuple[SettingProblem, ...]) -> None:
        self.problems = problems
        lines = (f"  {problem.setting}: {problem.what}\n      {problem.remedy}" for problem in problems)
        super().__init__("\n".join(("The settings cannot be used as they are:", *lines)))
