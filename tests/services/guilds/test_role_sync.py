"""Discord roles follow the queue roles of people who linked; other people keep theirs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.standing import HordeUserContext, Role, Standing
from bot.services.guilds.role_sync import RoleSyncTask, plan_tasks
from storage.guild_settings import GuildRow
from storage.synced_roles import GivenRoles

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REQUESTORS, APPROVERS, OLD = 31, 32, 33
SETTING = GuildRow(7, None, requestor_role_id=REQUESTORS, approver_role_id=APPROVERS)


def linked(user_id: int, *roles: Role, is_visible: bool = True) -> Standing:
    horde = HordeUserContext(str(user_id), f"p#{user_id}")
    return Standing(user_id, horde, frozenset(roles), NOW, NOW, is_visible=is_visible, generation=1)


def has(*role_ids: int, is_sure: bool = True) -> GivenRoles:
    return GivenRoles(frozenset(role_ids), is_sure)


def task(user_id: int, wanted: set[int], managed: set[int]) -> RoleSyncTask:
    return RoleSyncTask(7, user_id, frozenset(wanted), frozenset(managed))


@pytest.mark.parametrize(
    ("people", "given_roles", "expected"),
    [
        ([], {}, []),
        ([linked(1, Role.REQUESTOR)], {}, [task(1, {REQUESTORS}, {REQUESTORS, APPROVERS})]),
        ([linked(1, Role.APPROVER)], {}, [task(1, {REQUESTORS, APPROVERS}, {REQUESTORS, APPROVERS})]),
        ([linked(1, Role.REQUESTOR)], {1: has(REQUESTORS)}, []),
        ([linked(1, Role.REQUESTOR)], {1: has(REQUESTORS, is_sure=False)}, [task(1, {REQUESTORS}, {31, 32})]),
        ([linked(1, Role.REQUESTOR)], {1: has(31, 32)}, [task(1, {REQUESTORS}, {REQUESTORS, APPROVERS})]),
        ([linked(1, Role.REQUESTOR)], {1: has(OLD)}, [task(1, {REQUESTORS}, {REQUESTORS, APPROVERS, OLD})]),
        ([], {1: has(REQUESTORS)}, [task(1, set(), {REQUESTORS})]),
        ([linked(1)], {}, []),
        ([linked(1, Role.APPROVER, is_visible=False)], {}, []),
        ([linked(1, Role.APPROVER, is_visible=False)], {1: has(31, 32)}, [task(1, set(), {31, 32})]),
    ],
    ids=[
        "no one",
        "given",
        "an approver may propose too",
        "has it",
        "may have it",
        "lost one",
        "another role stands for it now",
        "unlinked",
        "no queue role",
        "hides",
        "hid",
    ],
)
def test_members_whose_roles_differ_are_synchronized(
    people: list[Standing], given_roles: dict[int, GivenRoles], expected: list[RoleSyncTask]
) -> None:
    assert plan_tasks(SETTING, people, given_roles) == expected


ROLES = st.frozensets(st.integers(1, 9))


@given(ROLES, ROLES, ROLES)
def test_a_synchronized_member_has_the_wanted_roles_and_keeps_those_of_others(
    wanted: frozenset[int], managed: frozenset[int], before: frozenset[int]
) -> None:
    the_task = RoleSyncTask(7, 1, wanted, managed)
    after = (before | the_task.to_add(before)) - the_task.to_remove(before)
    assert wanted <= after
    assert before - managed <= after
    assert not (after & managed) - wanted
    assert not the_task.to_add(after)
    assert not the_task.to_remove(after)
