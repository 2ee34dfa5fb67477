"""The four people of demo and tests, with their AI-Horde accounts and invented keys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the demo.

    Attributes:
        name: The name in the simulated Discord.
        horde_username: AI-Horde's `name#id`.
        key: The invented AI-Horde key, valid in the demo only.
        part: The person's role, in a few words.
        colour: Colour of avatar and tab, as `#rrggbb`.
        manages_server: Whether the person may use `/setup` in the simulated server.
    """

    name: str
    horde_username: str
    key: str
    part: str
    colour: str
    manages_server: bool = False

    @property
    def horde_user_id(self) -> str:
        """Return the digits after the last `#`."""
        return self.horde_username.rpartition("#")[2]


RITA = Person("Rita", "alice#101", "demo-key-rita", "requestor", "#c2417c")
ABE = Person("Abe", "bob#202", "demo-key-abe", "approver", "#2f7fb8", manages_server=True)
CORA = Person("Cora", "carol#303", "demo-key-cora", "approver", "#3b8f5a")
DAVE = Person("Dave", "dave#404", "demo-key-dave", "no role", "#8a6d3b")

PEOPLE = (RITA, ABE, CORA, DAVE)
REQUESTOR_IDS = (RITA.horde_user_id,)
APPROVER_IDS = (ABE.horde_user_id, CORA.horde_user_id)
