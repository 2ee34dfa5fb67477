"""A person whose presses are counted."""

from dataclasses import dataclass
from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, UserHandle
from simcord.results import InteractionResult, ResponseMessage

from tests.stories.people import fill
from tests.stories.prefilled import edit


@dataclass(slots=True)
class Counted:
    """A person whose presses are counted."""

    member: MemberActor
    presses: int = 0

    async def slash(self, channel: ChannelHandle, name: str, **options: Any) -> InteractionResult:
        self.presses += 1 + len(options)
        return await self.member.slash(channel, name, **options)

    async def click(self, posted: Any, label: str, *, as_user: bool = False) -> InteractionResult:
        self.presses += 1
        who: MemberActor | UserHandle = self.member.user if as_user else self.member
        result: InteractionResult = await who.click(posted, label=label)
        return result

    async def select(self, posted: ResponseMessage, values: list[Any], custom_id: str) -> InteractionResult:
        self.presses += len(values)
        return await self.member.select(posted, values, custom_id=custom_id)

    async def fill(self, shown: InteractionResult, answers: dict[str, object]) -> InteractionResult:
        self.presses += len(answers) + 1
        return await fill(self.member, shown, answers)

    async def edit(
        self, shown: InteractionResult, answers: dict[str, object], *, as_user: bool = False
    ) -> InteractionResult:
        self.presses += len(answers) + 1
        return await edit(self.member.user if as_user else self.member, shown, answers)

    def took_at_most(self, presses: int, job: str) -> None:
        """Print the count of a job and compare it with the promise."""
        print(f"{job}: {self.presses} presses, {presses} at most")  # noqa: T201 - the figure is the result
        assert self.presses <= presses
