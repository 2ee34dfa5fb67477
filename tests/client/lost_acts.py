"""Every action that changes something, up to the press or submit that does it; its answer is lost."""

from typing import Any, Final

import pytest
from simcord.results import InteractionResult

from bot.demo.host_models import LANTERN_BAY, ODDMENTS, OLD_TIDE_TABLE, TIDE_TABLE
from bot.demo.people import ABE, CORA
from bot.services.guilds.guild_setup import Setting
from bot.services.models.verification import name_digest
from bot.services.proposals.resubmission import Resubmission
from bot.ui import custom_ids
from bot.ui.custom_ids import ChangeVerb, DraftVerb, VerifyVerb
from bot.ui.error_messages.attempts import Verb
from tests.client.scene import Act, Scene, ids_of
from tests.harness.messages import answer_of, nodes_of
from tests.stories.attachments import json_file
from tests.stories.people import fill, open_draft, open_section, reject

RECORD: Final = {"name": "Given", "baseline": "stable_diffusion_xl", "nsfw": False, "description": "Soft light."}
REPLACED: Final = f"tide-table-xl.safetensors | {TIDE_TABLE}/resolve/main/tide-table-xl.safetensors | {OLD_TIDE_TABLE}"
BLOB: Final = "lumen.safetensors | https://huggingface.co/pixel/lumen/blob/main/lumen.safetensors | " + "0" * 64


def command(name: str, **options: Any) -> Act:
    """Return an act that types a command."""

    async def act(scene: Scene) -> InteractionResult:
        await scene.cut()
        return await scene.type(name, **options)

    return act


async def link_again(scene: Scene) -> InteractionResult:
    shown = await scene.type("account link")
    await scene.cut()
    return await fill(scene.abe, shown, {"AI-Horde API key": ABE.key})


async def unlink(scene: Scene) -> InteractionResult:
    return await scene.click(answer_of(await scene.type("account unlink")), "Unlink")


async def forget(scene: Scene) -> InteractionResult:
    return await scene.click(answer_of(await scene.type("account forget-me")), "Delete my data")


async def follow_model(scene: Scene) -> InteractionResult:
    return await scene.click(answer_of(await scene.type("model show", model="Deliberate")), "Follow")


async def mute(scene: Scene) -> InteractionResult:
    return await scene.press(custom_ids.subscription_mute(1))


async def review_channel(scene: Scene) -> InteractionResult:
    await scene.cut()
    return await scene.type("setup review-channel", channel=scene.world.review)


async def choose_days(scene: Scene) -> InteractionResult:
    return await scene.press(custom_ids.setup_menu(Setting.REMINDER_DAYS), ["7"])


async def switch_digest(scene: Scene) -> InteractionResult:
    return await scene.press(custom_ids.setup_put(Setting.DIGEST, 1))


async def approve(scene: Scene) -> InteractionResult:
    question = await scene.question()
    return await scene.click(question, f"Approve #{scene.change_id}")


async def publish(scene: Scene) -> InteractionResult:
    return await scene.click(await scene.question(), "Approve and apply")


async def withdraw(scene: Scene) -> InteractionResult:
    await scene.type("setup approvals", count=2)
    question = await scene.question()
    await scene.abe.click(question, label=f"Approve #{scene.change_id}")
    await scene.type("setup approvals", count=1)
    return await scene.click(question, "Withdraw my approval")


async def reject_it(scene: Scene) -> InteractionResult:
    shown = await scene.abe.click(await scene.shown(), label="Reject…")
    await scene.cut()
    return await reject(scene.abe, shown, "It is a copy.")


async def reject_replaced(scene: Scene) -> InteractionResult:
    digest = ids_of(await scene.shown())["Approve"].rsplit(":", 1)[1]

    async def newer(*_: Any) -> int:
        return 7

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Resubmission, "replacement_of", newer)
        return await scene.press(custom_ids.change(ChangeVerb.REJECT_REPLACED, scene.change_id, digest))


async def ask_changes(scene: Scene) -> InteractionResult:
    shown = await scene.abe.click(await scene.shown(), label="Needs changes…")
    await scene.cut()
    return await fill(scene.abe, shown, {"What should change?": "Name the licence."})


async def apply(scene: Scene) -> InteractionResult:
    return await scene.click(await scene.shown(status="approved", approved_by="303"), "Apply")


async def claim(scene: Scene) -> InteractionResult:
    return await scene.click(await scene.shown(), "Claim")


async def release(scene: Scene) -> InteractionResult:
    claimed = await scene.abe.click(await scene.shown(), label="Claim")
    return await scene.click(answer_of(claimed), "Release")


async def approve_two(scene: Scene) -> InteractionResult:
    return await scene.click(await scene.chosen(), "Approve 2")


async def reject_two(scene: Scene) -> InteractionResult:
    shown = await scene.abe.click(await scene.chosen(), label="Reject 2…")
    await scene.cut()
    return await reject(scene.abe, shown, "Both are copies.")


async def purge(scene: Scene) -> InteractionResult:
    name = f"Model {scene.new_change()}"
    asked = await scene.type("queue purge", status="pending", model=name)
    shown = await scene.abe.click(answer_of(asked), label="Purge 1…")
    await scene.cut()
    return await fill(scene.abe, shown, {"Number of changes": "1"})


async def create(scene: Scene) -> InteractionResult:
    await scene.cut()
    return await open_draft(scene.world, ABE, "Pixel")


async def revise(scene: Scene) -> InteractionResult:
    shown = await open_section(scene.abe, await scene.draft(), "Why")
    await scene.cut()
    return await fill(scene.abe, shown, {"Why": "Many ask."})


async def submit(scene: Scene) -> InteractionResult:
    return await scene.click(await scene.draft(), "Submit")


async def discard(scene: Scene) -> InteractionResult:
    drafted = await scene.draft()
    await scene.abe.click(drafted, label="More")
    return await scene.click(drafted, "Discard")


async def undo(scene: Scene) -> InteractionResult:
    drafted = await scene.draft()
    await scene.behind_more(drafted, "Discard")
    return await scene.click(drafted, "Undo")


async def fix(scene: Scene) -> InteractionResult:
    return await scene.click(await scene.draft(Files=BLOB), "Fix link of lumen.safetensors")


async def say_nsfw(scene: Scene) -> InteractionResult:
    drafted = await scene.draft()
    (menu,) = [node for node in nodes_of(drafted) if str(node.get("custom_id", "")).startswith("draft:edit:")]
    return await scene.press(custom_ids.draft(DraftVerb.NSFW_YES, int(menu["custom_id"].rsplit(":", 1)[1])))


async def upload(scene: Scene) -> InteractionResult:
    drafted = await scene.draft()
    await scene.behind_more(drafted, "Raw JSON")
    shown = await scene.abe.click(drafted, label="Upload edited file…")
    await scene.cut()
    return await fill(scene.abe, shown, {"Or the JSON itself": '{"description": "Soft."}'})


async def delete(scene: Scene) -> InteractionResult:
    options = {"category": "image_generation", "model": "Deliberate", "why": "Gone."}
    drafted = await scene.type("propose-model delete", **options)
    shown = await scene.abe.click(answer_of(drafted), label="Delete…")
    await scene.cut()
    return await fill(scene.abe, shown, {"Name": "Deliberate"})


async def revise_sent(scene: Scene) -> InteractionResult:
    own = {"requested_by": "202", "requested_username": "bob#202"}
    shown = await scene.shown(**own)
    digest = ids_of(shown)["Approve"].rsplit(":", 1)[1]
    return await scene.press(custom_ids.change(ChangeVerb.REVISE, scene.change_id, digest))


async def from_message(scene: Scene) -> InteractionResult:
    said = '```json\n{"name": "Stated", "record_type": "lora", "description": "Leans."}\n```'
    message = await scene.world.member(CORA).send(scene.world.public, said)
    await scene.cut()
    return await scene.abe.context_menu(scene.world.public, "Propose from this message", message)


async def choose_record(scene: Scene) -> InteractionResult:
    message = await scene.world.member(CORA).send(scene.world.public, '```json\n{"Named": {"nsfw": false}}\n```')
    shown = await scene.abe.context_menu(scene.world.public, "Propose from this message", message)
    await scene.cut()
    return await fill(scene.abe, shown, {"Category": ["gfpgan"]})


def use_host(label: str) -> Act:
    """Return an act that presses a button of a draft whose file differs from its host's."""

    async def act(scene: Scene) -> InteractionResult:
        return await scene.click(await scene.draft(Files=REPLACED), label)

    return act


async def choose_version(scene: Scene) -> InteractionResult:
    drafted = answer_of(await scene.type("propose-model create", link=LANTERN_BAY))
    (menu,) = [node for node in nodes_of(drafted) if str(node.get("custom_id", "")).startswith("draft:offer:")]
    await scene.cut()
    return await scene.abe.select(drafted, values=["2"], custom_id=menu["custom_id"])


async def choose_kind(scene: Scene) -> InteractionResult:
    drafted = answer_of(await scene.type("propose-model create", link=ODDMENTS))
    (menu,) = [node for node in nodes_of(drafted) if str(node.get("custom_id", "")).startswith("draft:category:")]
    await scene.cut()
    return await scene.abe.select(drafted, values=["lora"], custom_id=menu["custom_id"])


async def propose_found(scene: Scene) -> InteractionResult:
    return await scene.press(custom_ids.verify(VerifyVerb.UPDATE, "image_generation", name_digest("Deliberate")))


IMAGES: Final = {"category": "image_generation"}

ACTS: Final[dict[str, dict[str, tuple[Verb, Act]]]] = {
    "setup": {
        "setup review-channel": (Verb.SET, review_channel),
        "setup announcements": (Verb.SET, command("setup announcements")),
        "setup ping-role": (Verb.SET, command("setup ping-role")),
        "setup requestor-role": (Verb.SET, command("setup requestor-role")),
        "setup approver-role": (Verb.SET, command("setup approver-role")),
        "setup own-changes": (Verb.SET, command("setup own-changes", mode="allow")),
        "setup approvals": (Verb.SET, command("setup approvals", count=1, most_used=1)),
        "setup reminder": (Verb.SET, command("setup reminder", days=5)),
        "setup quiet-hours": (Verb.SET, command("setup quiet-hours", begin=22, end=6)),
        "setup digest": (Verb.SET, command("setup digest", on=True)),
        "setup threads": (Verb.SET, command("setup threads", on=True)),
        "setup.SettingMenu": (Verb.SET, choose_days),
        "setup.SettingButton": (Verb.SET, switch_digest),
    },
    "review": {
        "review.ConfirmApproveButton": (Verb.APPROVE, approve),
        "review.PublishButton": (Verb.APPROVE, publish),
        "review.WithdrawButton": (Verb.WITHDRAW, withdraw),
        "review.RejectReplacedButton": (Verb.REJECT, reject_replaced),
        "review.ApplyButton": (Verb.APPLY, apply),
        "review.ClaimButton": (Verb.CLAIM, claim),
        "review.ReleaseButton": (Verb.RELEASE, release),
        "review.ApproveBatchButton": (Verb.APPROVE, approve_two),
        "RejectForm": (Verb.REJECT, reject_it),
        "RevisionRequestForm": (Verb.ASK, ask_changes),
        "RejectSeveralForm": (Verb.REJECT, reject_two),
        "PurgeForm": (Verb.PURGE, purge),
    },
    "propose": {
        "propose-model create": (Verb.EDIT, command("propose-model create", **IMAGES, record=json_file(RECORD))),
        "propose-model update": (
            Verb.EDIT,
            command("propose-model update", **IMAGES, model="Deliberate", record=json_file({"nsfw": True})),
        ),
        "propose-model delete": (
            Verb.EDIT,
            command("propose-model delete", **IMAGES, model="Deliberate", why="It is gone."),
        ),
        "Propose from this message": (Verb.EDIT, from_message),
        "RecordChoiceForm": (Verb.EDIT, choose_record),
        "SectionForm": (Verb.EDIT, create),
        "WhyForm": (Verb.EDIT, revise),
        "RecordFileForm": (Verb.EDIT, upload),
        "propose.FixButton": (Verb.EDIT, fix),
        "propose.NsfwButton": (Verb.EDIT, say_nsfw),
        "propose.DiscardButton": (Verb.DISCARD, discard),
        "propose.UndoButton": (Verb.EDIT, undo),
        "propose.ResubmitButton": (Verb.EDIT, revise_sent),
        "propose.SubmitButton": (Verb.QUEUE, submit),
        "DeleteForm": (Verb.QUEUE, delete),
    },
    "hosts": {
        "propose.HostsButton": (Verb.EDIT, use_host("Use the host's values")),
        "propose.HostsButton, once more": (Verb.EDIT, use_host("Check again")),
        "propose.LinkMenu": (Verb.EDIT, choose_version),
        "propose.LinkMenu, of kinds": (Verb.EDIT, choose_kind),
        "propose.VerifyButton": (Verb.EDIT, propose_found),
    },
    "people": {
        "subscribe add": (Verb.FOLLOW, command("subscribe add", category="lora")),
        "subscribe.FollowButton": (Verb.FOLLOW, follow_model),
        "subscribe.UnfollowButton": (Verb.UNFOLLOW, mute),
        "subscribe remove": (Verb.UNFOLLOW, command("subscribe remove", subscription=2)),
        "account visibility": (Verb.SHOW_ME, command("account visibility", visible=False)),
        "LinkForm": (Verb.LINK, link_again),
        "account.UnlinkButton": (Verb.UNLINK, unlink),
        "account.ForgetButton": (Verb.FORGET, forget),
    },
}
"""Actions by the command, the class of the button or menu, or the class of the form that does them.

What follows a comma tells several actions of one class apart.
"""

POSTED: Final = {"review.ApplyBatchButton"}
"""Actions whose result is posted in the channel where no answer can be shown."""

ASKING: Final = {"approve", "reject", "apply", "queue purge", "account link"}
"""Commands that ask or open a form, and change nothing themselves."""
