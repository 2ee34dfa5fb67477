"""Queue roles of a key, from the service, else from the allow-lists. Fails closed."""

from collections.abc import Iterable

import structlog
from pydantic import SecretStr

from bot.identity.errors import HordeUnavailableError, InvalidKeyError, KeyShapeError, UnknownKeyError
from bot.identity.horde import HordeClient, auth_against_horde, checked_key, find_user
from bot.identity.standing import HordeUserContext, Role
from bot.reference.client import ReferenceClient
from bot.reference.errors import InvalidRequestError, NotFoundError, UnauthorizedError, UnavailableError

__all__ = ["AllowLists", "QueueRoles", "Role"]

_log = structlog.stdlib.get_logger(__name__)


class AllowLists:
    """The operator's own lists of AI-Horde user ids, for a service without roles.

    An empty list allows no account and logs one warning per role (the service's shared module, 3.0.0).
    """

    def __init__(self, requestor_ids: Iterable[str], approver_ids: Iterable[str]) -> None:
        approvers = _cleaned(approver_ids)
        self._ids = {Role.REQUESTOR: _cleaned(requestor_ids) | approvers, Role.APPROVER: approvers}
        self._warned: set[Role] = set()

    def of(self, role: Role) -> frozenset[str]:
        """Return the AI-Horde user ids with this role."""
        if not self._ids[role] and role not in self._warned:
            self._warned.add(role)
            _log.warning("allow_list_empty", role=role.value, effect="no account has this role")
        return self._ids[role]

    def roles_of(self, horde_user_id: str) -> set[Role]:
        """Return the roles of an account; empty for an account on no list."""
        return {role for role in Role if horde_user_id in self.of(role)}


def _cleaned(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(stripped for each in ids if (stripped := each.strip()))


class QueueRoles:
    """Lookup of the roles of a key, without a cache."""

    def __init__(self, reference: ReferenceClient, horde: HordeClient, allow_lists: AllowLists) -> None:
        self._reference = reference
        self._horde = horde
        self._allow_lists = allow_lists

    async def find_user(self, apikey: SecretStr) -> HordeUserContext:
        """Return the account of a key; raises as :func:`bot.identity.horde.find_user`."""
        return await find_user(apikey, self._horde)

    async def get_user_roles(self, apikey: SecretStr) -> tuple[HordeUserContext | None, set[Role]]:
        """Return the account of a key and its roles in the queue.

        Returns:
            The account and its roles, possibly none. ``(None, set())`` only if AI-Horde itself does not know the
            key, or if the text cannot be a key.

        Raises:
            HordeUnavailableError: AI-Horde could not confirm the key now.
            ApiError: the roles could not be read from the service.
        """
        try:
            key = checked_key(apikey.get_secret_value())
        except KeyShapeError:
            return None, set()
        try:
            mine = await self._reference.my_roles(key)
        except UnauthorizedError:
            # The service answers 401 also when AI-Horde was busy or failing.
            return await self._unconfirmed(key)
        except (NotFoundError, InvalidRequestError):
            # Generation 2 has no such route and treats "me" as a category.
            return await self._by_allow_lists(key)
        except UnavailableError as error:
            if error.detail.startswith("Auth service"):
                raise HordeUnavailableError(error.detail) from None
            raise
        roles = {role for role in Role if role.is_covered_by(mine.roles)}
        return HordeUserContext(user_id=mine.user_id, username=mine.username), roles

    async def authenticate_queue_requestor(self, apikey: SecretStr) -> HordeUserContext:
        """Return the account of a key if it may propose.

        Raises:
            InvalidKeyError: the key is unknown, or its account may not propose.
            HordeUnavailableError: as in :meth:`get_user_roles`, like ``ApiError``.
        """
        return await self._authenticate(apikey, Role.REQUESTOR)

    async def authenticate_queue_approver(self, apikey: SecretStr) -> HordeUserContext:
        """Return the account of a key if it may approve; raises as for a requestor."""
        return await self._authenticate(apikey, Role.APPROVER)

    async def _authenticate(self, apikey: SecretStr, role: Role) -> HordeUserContext:
        user, roles = await self.get_user_roles(apikey)
        if user is None or role not in roles:
            raise InvalidKeyError
        return user

    async def _by_allow_lists(self, key: SecretStr) -> tuple[HordeUserContext | None, set[Role]]:
        user = await auth_against_horde(key, self._horde)
        if user is None:
            return await self._unconfirmed(key)
        return user, self._allow_lists.roles_of(user.user_id)

    async def _unconfirmed(self, key: SecretStr) -> tuple[None, set[Role]]:
        """Return no account if AI-Horde does not know the key, else raise HordeUnavailableError."""
        try:
            await find_user(key, self._horde)
        except UnknownKeyError:
            return None, set()
        raise HordeUnavailableError
