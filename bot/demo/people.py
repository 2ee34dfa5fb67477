"""The four people of demo and tests: who they are on AI-Horde and which made-up key each one holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One account of the offline world.

    Attributes:
        name: What the person is called in the simulated Discord.
        horde_username: AI-Horde's `name#id`.
        key: The made-up AI-Horde key; it opens nothing anywhere else.
        part: What the person is there for, in a few words.
        colour: Of the person's avatar and tab, as `#rrggbb`.
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
        """The digits after the last `#`."""
        return self.horde_username.rpartition("#")[2]


RITA = Person("Rita", "alice#101", "demo-key-rita", "requestor", "#c2417c")
ABE = Person("Abe", "bob#202", "demo-key-abe", "approver", "#2f7fb8", manages_server=True)
CORA = Person("Cora", "carol#303", "demo-key-cora", "approver", "#3b8f5a")
DAVE = Person("Dave", "dave#404", "demo-key-dave", "no role", "#8a6d3b")

PEOPLE = (RITA, ABE, CORA, DAVE)
REQUESTOR_IDS = (RITA.horde_user_id,)
APPROVER_IDS = (ABE.horde_user_id, CORA.horde_user_id)
