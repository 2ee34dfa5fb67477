"""Who is to get or lose a Discord role: what the queue says of those who linked, and nothing of anybody else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.standing import HordeUserContext, Role, Standing
from bot.services.community.role_mirror import Visit, visits
from storage.guild_settings import GuildSetting
from storage.mirrored_roles import Mirrored

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REQUESTORS, APPROVERS, OLD = 31, 32, 33
SETTING = GuildSetting(7, None, requestor_role_id=REQUESTORS, approver_role_id=APPROVERS)


def linked(user_id: int, *roles: Role, is_visible: bool = True) -> Standing:
    horde = HordeUserContext(str(user_id), f"p#{user_id}")
    return Standing(user_id, horde, frozenset(roles), NOW, NOW, is_visible=is_visible, generation=1)


def has(*role_ids: int, is_sure: bool = True) -> Mirrored:
    return Mirrored(frozenset(role_ids), is_sure)


def visit(user_id: int, wanted: set[int], theirs: set[int]) -> Visit:
    return Visit(7, user_id, frozenset(wanted), frozenset(theirs))


@pytest.mark.parametrize(
    ("people", "given_roles", "expected"),
    [
        ([], {}, []),
        ([linked(1, Role.REQUESTOR)], {}, [visit(1, {REQUESTORS}, {REQUESTORS, APPROVERS})]),
        ([linked(1, Role.APPROVER)], {}, [visit(1, {REQUESTORS, APPROVERS}, {REQUESTORS, APPROVERS})]),
        ([linked(1, Role.REQUESTOR)], {1: has(REQUESTORS)}, []),
        ([linked(1, Role.REQUESTOR)], {1: has(REQUESTORS, is_sure=False)}, [visit(1, {REQUESTORS}, {31, 32})]),
        ([linked(1, Role.REQUESTOR)], {1: has(31, 32)}, [visit(1, {REQUESTORS}, {REQUESTORS, APPROVERS})]),
        ([linked(1, Role.REQUESTOR)], {1: has(OLD)}, [visit(1, {REQUESTORS}, {REQUESTORS, APPROVERS, OLD})]),
        ([], {1: has(REQUESTORS)}, [visit(1, set(), {REQUESTORS})]),
        ([linked(1)], {}, []),
        ([linked(1, Role.APPROVER, is_visible=False)], {}, []),
        ([linked(1, Role.APPROVER, is_visible=False)], {1: has(31, 32)}, [visit(1, set(), {31, 32})]),
    ],
    ids=[
        "nobody",
        "given",
        "an approver may propose too",
        "has it",
        "perhaps has it",
        "lost one",
        "another role stands for it now",
        "unlinked",
        "no queue role",
        "hides",
        "hid",
    ],
)
def test_who_is_to_be_brought_in_line(
    people: list[Standing], given_roles: dict[int, Mirrored], expected: list[Visit]
) -> None:
    assert visits(SETTING, people, given_roles) == expected


ROLES = st.frozensets(st.integers(1, 9))


@given(ROLES, ROLES, ROLES)
def test_after_a_visit_a_member_has_what_they_should_and_keeps_all_that_is_not_the_bots(
    wanted: frozenset[int], theirs: frozenset[int], before: frozenset[int]
) -> None:
    one = Visit(7, 1, wanted, theirs)
    after = (before | one.to_give(before)) - one.to_take(before)
    assert wanted <= after
    assert before - theirs <= after
    assert not (after & theirs) - wanted
    assert not one.to_give(after)
    assert not one.to_take(after)
