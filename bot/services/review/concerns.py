"""Concerns about a change: what an approver has to read before they decide it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.reference.models import Operation, PendingChange
from bot.services.changes import Claim
from bot.services.checks import Verdict
from bot.services.review.card_checks import CardHostChecks
from bot.services.review.change_checks import ChangeChecks
from bot.services.review.claims import claim_of
from bot.services.review.outcomes import Concerns, DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from bot.services.review.replacements import Replacements
from bot.services.usage import Usages
from storage.claims import ClaimRow, Claims


@dataclass(slots=True)
class ConcernsBuilder:
    """Adds concerns to results, from memory except for the service's usage statistics."""

    checks: ChangeChecks
    replacements: Replacements
    usages: Usages
    claims: Claims
    card_checks: CardHostChecks
    clock: Callable[[], datetime]

    async def add(
        self, results: Sequence[DecisionResult], verb: DecisionVerb, *, is_bulk: bool
    ) -> tuple[DecisionResult, ...]:
        """Add the concerns of every change that can be decided.

        In bulk, a change that has to be read by itself cannot be approved or applied; rejecting needs no such care.
        """
        claims = await self.claims.all(self.clock())
        concerned = await asyncio.gather(*(self._add_to(result, claims.get(result.change_id)) for result in results))
        if not is_bulk or verb is DecisionVerb.REJECT:
            return tuple(concerned)
        return tuple(_excluded(result) for result in concerned)

    async def _add_to(self, result: DecisionResult, claim: ClaimRow | None) -> DecisionResult:
        change = result.ready_change
        if change is None:
            return result
        checks = await self.checks.from_memory(change)
        is_delete = change.operation is Operation.DELETE
        concerns = Concerns(
            checks=tuple(check for check in checks if check.verdict is not Verdict.PASS),
            claim=_held(claim, change),
            usage=await self.usages.of(change.category, change.model_name) if is_delete else None,
            is_delete=is_delete,
            doubts=self.card_checks.doubts(change),
            replaced_by=await self.replacements.newer_of(change),
            requests=await self.replacements.requests_of(change),
        )
        return replace(result, concerns=concerns)


def _held(claim: ClaimRow | None, change: PendingChange) -> Claim | None:
    """Return the claim if it is on this content."""
    return claim_of(claim) if claim is not None and claim.digest == change.digest else None


def _excluded(result: DecisionResult) -> DecisionResult:
    is_excluded = result.ready_change is not None and result.concerns is not None and result.concerns.must_be_alone
    return result.with_outcome(Outcome.ALONE) if is_excluded else result
