"""Live models as they may be: used by many, waited for, named to do harm."""

from dataclasses import replace
from datetime import timedelta

from bot.services.models.lookup import ListedModel, ModelFacts, ModelPage
from bot.services.pages import ListFilter
from bot.services.usage import UsageFacts
from tests.ui.samples import CARD, CREATE, NOW, PIXEL, TEXT_MODEL, UPDATE
from tests.ui.statistics_samples import HOSTILE

MODEL = ModelFacts(
    "image_generation",
    "Pixel Illustrious",
    dict(PIXEL),
    NOW - timedelta(seconds=2),
    is_from_memory=False,
    usage=UsageFacts(6, 161, 18_402, 14),
    changes=(),
    links={},
)
WAITING_MODEL = replace(
    MODEL,
    is_from_memory=True,
    read_at=NOW - timedelta(minutes=9),
    usage=None,
    changes=(CREATE, UPDATE, *(UPDATE.model_copy(update={"change_id": number}) for number in range(80, 86))),
    links={UPDATE.change_id: CARD.url},
)
HOSTILE_MODEL = replace(
    MODEL,
    name=HOSTILE,
    record={
        "name": HOSTILE,
        "description": HOSTILE * 40,
        "baseline": HOSTILE,
        "homepage": "javascript:alert(1)",
        "tags": [HOSTILE] * 30,
        "config": {"download": [{"file_name": HOSTILE, "file_url": HOSTILE, "sha256sum": HOSTILE}] * 30},
        HOSTILE: HOSTILE,
    },
    changes=(CREATE.model_copy(update={"requested_username": HOSTILE}),),
)
MODELS = ModelPage(
    wanted=ListFilter(model="pixel"),
    list_id=7,
    entries=(
        ListedModel("image_generation", "Pixel Illustrious", dict(PIXEL), 0),
        ListedModel("text_generation", "Org/Pixel-Tales-7B", dict(TEXT_MODEL), 2),
        *(ListedModel("image_generation", f"Pixel {number}", {**PIXEL, "style": None}, 0) for number in range(6)),
    ),
    total=18,
)
HOSTILE_MODELS = ModelPage(
    wanted=ListFilter(model=HOSTILE[:200], categories=("lora", "ti")),
    list_id=7,
    entries=tuple(
        ListedModel("lora", f"{HOSTILE}{number}", {"baseline": HOSTILE, "style": HOSTILE}, 1) for number in range(8)
    ),
    number=2,
    total=24,
)
NO_MODELS = ModelPage(
    wanted=ListFilter(model="pixle"), list_id=7, similar=("Pixel Illustrious", "[x](https://evil.example)")
)
