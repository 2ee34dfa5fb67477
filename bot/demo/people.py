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
    """

    name: str
    horde_username: str
    key: str
    part: str

    @property
    def horde_user_id(self) -> str:
        """The digits after the last `#`."""
        return self.horde_username.rpartition("#")[2]


RITA = Person("Rita", "alice#101", "demo-key-of-rita-101", "requestor")
ABE = Person("Abe", "bob#202", "demo-key-of-abe-202", "approver")
CORA = Person("Cora", "carol#303", "demo-key-of-cora-303", "approver")
DAVE = Person("Dave", "dave#404", "demo-key-of-dave-404", "no role in the queue")

PEOPLE = (RITA, ABE, CORA, DAVE)
REQUESTOR_IDS = (RITA.horde_user_id,)
APPROVER_IDS = (ABE.horde_user_id, CORA.horde_user_id)
