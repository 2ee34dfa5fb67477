"""Mistakes in names, values and what workers need."""

from typing import Any

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.checks import CheckCode
from tests.services.checks.mistaken_records import (
    CREATE,
    FAIL,
    FOLDER,
    IMAGE,
    OLD,
    TEXT,
    V2,
    WARN,
    Mistake,
    image,
    legacy_files,
    mistake,
    text,
    v2_files,
    v2_image,
)


def _named(kind: str, name: str, *codes: CheckCode, category: str = IMAGE, **more: Any) -> Mistake:
    right = more.pop("right", None)
    if category == TEXT:
        url = more.pop("url", "https://huggingface.co/acme/Lumen-12B")
        if right is not None:
            more["corrected"] = text(right, url=url)
        return mistake(kind, name, text(name, url=url), *codes, category=TEXT, **more)
    if right is not None:
        more["corrected"] = image(right)
    return mistake(kind, name, image(name), *codes, **more)


NAMES = (
    _named("25", "Amber Dusk", CheckCode.NAME_TAKEN, verdict=FAIL),
    *(_named("25", name, CheckCode.NAME_ALIKE, verdict=WARN)
      for name in ("amber dusk", "Amber_Dusk", "AmberDusk", "amber-dusk", "\uff21mber  Dusk")),
    _named("25", "acme/ember_12b", CheckCode.NAME_ALIKE, category=TEXT, verdict=WARN),
    _named("26", "mirror/Ember-12B", CheckCode.NAME_TAKES_BACKEND, category=TEXT, verdict=WARN),
    _named("26", "Ember-12b", CheckCode.NAME_TAKES_BACKEND, category=TEXT, verdict=WARN),
    _named("27", "https://huggingface.co/acme/Lumen-12B", CheckCode.NAME_ADDRESS, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("27", "huggingface.co/acme/Lumen-12B", CheckCode.NAME_ADDRESS, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("27", "https://civitai.com/models/222/lumen", CheckCode.NAME_ADDRESS, verdict=FAIL),
    _named("27", "aphrodite/acme/Lumen-12B", CheckCode.NAME_BACKEND, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("27", "KoboldCpp/Lumen-12B", CheckCode.NAME_BACKEND, category=TEXT, verdict=FAIL, right="Lumen-12B"),
    _named("27", "acme\\Lumen-12B", CheckCode.NAME_PATH, category=TEXT, verdict=FAIL, right="acme/Lumen-12B"),
    *(_named("27", name, CheckCode.NAME_PATH, verdict=FAIL, right="Lumen")
      for name in ("/models/Lumen", "./Lumen", "C:\\models\\Lumen", "models/Lumen.safetensors")),
    _named("27", "Lumen.safetensors", CheckCode.NAME_FILE, verdict=WARN, right="Lumen"),
    _named("28", "acme/Lumen-12Bacme/Lumen-12B", CheckCode.NAME_TWICE, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("28", "acme/acme/Lumen-12B", CheckCode.NAME_TWICE, category=TEXT, verdict=FAIL, right="acme/Lumen-12B"),
    _named("28", "acme/Lumen-12B/Lumen-12B", CheckCode.NAME_TWICE, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("28", "acme/labs/Lumen-12B", CheckCode.NAME_PARTS, category=TEXT, verdict=FAIL),
    _named("28", "Lumen XLLumen XL", CheckCode.NAME_TWICE, verdict=WARN, right="Lumen XL"),
    _named("28", "Lumen XL Lumen XL", CheckCode.NAME_TWICE, verdict=WARN, right="Lumen XL"),
    *(_named("29", f"acme/Lumen-12B{packaging}", CheckCode.NAME_PACKAGING, category=TEXT, verdict=WARN,
             right="acme/Lumen-12B")
      for packaging in ("-GGUF", "-i1-GGUF", "-GPTQ", "-AWQ", "-exl2", "-4bit", "-GPTQ-4bit-128g", "-Q4_K_M",
                        "-4.0bpw-exl2")),
    *(_named("29", f"acme/Lumen-{task}-12B", CheckCode.NAME_OTHER_TASK, category=TEXT, verdict=WARN)
      for task in ("Embedding", "Reranker", "TTS")),
    _named("30", "Lumen-12B", CheckCode.NAME_NO_OWNER, category=TEXT, verdict=WARN, right="acme/Lumen-12B"),
    *(_named("W3", name, CheckCode.NAME_SPACES, category=TEXT, verdict=FAIL, right="acme/Ember-12B",
             url="https://huggingface.co/acme/Ember-12B")
      for name in ("acme/Ember-12B ", "\u00a0acme/Ember-12B")),
)  # fmt: skip


def _value(kind: str, label: str, *codes: CheckCode, **values: Any) -> Mistake:
    known = {key: values.pop(key) for key in ("verdict", "corrected") if key in values}
    if "corrected" in known:
        known["corrected"] = image(**known["corrected"])
    return mistake(kind, label, image(**values), *codes, **known)


def _words(kind: str, label: str, *codes: CheckCode, name: str = "acme/Lumen-12B", **values: Any) -> Mistake:
    known = {key: values.pop(key) for key in ("verdict", "corrected") if key in values}
    if "corrected" in known:
        known["corrected"] = text(name, **known["corrected"])
    return mistake(kind, label, text(name, **values), *codes, category=TEXT, **known)


VALUES = (
    mistake("31", "name says inpainting", image("Lumen Inpainting"), CheckCode.INPAINTING, verdict=WARN,
            corrected=image("Lumen Inpainting", inpainting=True)),
    mistake("31", "no flag", image("Lumen inpainting", inpainting=None), CheckCode.INPAINTING, verdict=WARN),
    _value("31", "flag says inpainting", CheckCode.INPAINTING, inpainting=True, verdict=WARN),
    mistake("31", "file says inpainting", image(**legacy_files("lumen_inpainting.safetensors",
                                                              f"{FOLDER}/lumen_inpainting.safetensors")),
            CheckCode.INPAINTING, verdict=WARN,
            corrected=image(inpainting=True, **legacy_files("lumen_inpainting.safetensors",
                                                         f"{FOLDER}/lumen_inpainting.safetensors"))),
    _value("32", "tag", CheckCode.NSFW_WORDS, tags=["lamp", "hentai"], verdict=WARN),
    _value("32", "description", CheckCode.NSFW_WORDS, description="Great for porn.", verdict=WARN),
    *(_value("33", alias, CheckCode.BASELINE_UNKNOWN, baseline=alias, verdict=FAIL, corrected={"baseline": meant})
      for alias, meant in (
          ("SDXL", "stable_diffusion_xl"), ("sdxl 1.0", "stable_diffusion_xl"), ("Pony", "stable_diffusion_xl"),
          ("Illustrious", "stable_diffusion_xl"), ("NoobAI", "stable_diffusion_xl"), ("SD1.5", "stable diffusion 1"),
          ("SD 1.5", "stable diffusion 1"), ("stable diffusion 1.5", "stable diffusion 1"),
          ("SD 2.1", "stable diffusion 2"), ("Stable Diffusion XL", "stable_diffusion_xl"),
          ("stable_difusion_xl", "stable_diffusion_xl"), ("Flux.1 D", "flux_dev"), ("flux", "flux_1"))),
    mistake("33", "alias in v2", v2_image(baseline="SD1.5"), CheckCode.BASELINE_UNKNOWN, dialect=V2,
            corrected=v2_image(baseline="stable_diffusion_1")),
    _value("33", "address as baseline", CheckCode.BASELINE_UNKNOWN, baseline="https://civitai.com/models/2"),
    _value("33", "style in capitals", CheckCode.STYLE_UNKNOWN, style="Anime", corrected={"style": "anime"}),
    _value("33", "plural of a style", CheckCode.STYLE_UNKNOWN, style="generalists", corrected={"style": "generalist"}),
    _value("33", "tag as style", CheckCode.STYLE_UNKNOWN, style="lamp", verdict=FAIL),
    _words("34", "format in capitals", CheckCode.FORMAT_VARIANT, instruct_format="chatml", verdict=WARN,
           corrected={"instruct_format": "ChatML"}),
    _words("34", "space in front", CheckCode.FORMAT_VARIANT, instruct_format=" ChatML",
           corrected={"instruct_format": "ChatML"}),
    _words("34", "tag with a letter less", CheckCode.TAG_VARIANT, tags=["rolplay"], verdict=WARN,
           corrected={"tags": ["roleplay"]}),
    _words("34", "style in capitals", CheckCode.STYLE_VARIANT, style="Chat", verdict=WARN, corrected={"style": "chat"}),
    _words("35", "stated in billions", CheckCode.PARAMETERS_NAME, parameters=12, verdict=FAIL, corrected={}),
    *(_words("35", str(count), CheckCode.PARAMETERS_NAME, parameters=count, verdict=WARN, corrected={})
      for count in (1_200_000_000, 120_000_000_000)),
    _value("36", "empty", CheckCode.DESCRIPTION_EMPTY, description="", verdict=WARN),
    _value("36", "absent", CheckCode.DESCRIPTION_EMPTY, description=None, verdict=WARN),
    *(_value("36", words, CheckCode.DESCRIPTION_EMPTY, description=words, verdict=WARN) for words in ("TODO", "lumen")),
    *(_value("36", typed, CheckCode.TEXT_ARTEFACT, description=typed, verdict=WARN, corrected={"description": meant})
      for typed, meant in (
          ("Draws lamps.\\nIn warm colours.", "Draws lamps.\nIn warm colours."),
          ('Draws ""lamps"".', 'Draws "lamps".'), ("Draws <b>lamps</b>.", "Draws lamps."),
          ("Lamps &amp; candles.", "Lamps & candles."), ('Draws \\"lamps\\".', 'Draws "lamps".'))),
    mistake("36", "no reason", image(), CheckCode.WHY_EMPTY, why=" ", verdict=WARN),
    _value("37", "minimum above maximum", CheckCode.VALUE_ORDER, requirements={"min_steps": 30, "max_steps": 20},
           verdict=FAIL),
    *(_value("37", str(text), CheckCode.VALUE_KIND, requirements=text, verdict=FAIL, corrected={"requirements": meant})
      for text, meant in (
          ({"min_steps": "4"}, {"min_steps": 4}), ({"cfg_scale": "1,5"}, {"cfg_scale": 1.5}),
          ({"cfg_scale": [1, 5]}, {"cfg_scale": 1.5}), ({"samplers": "k_euler"}, {"samplers": ["k_euler"]}),
          ({"schedulers": "karras, normal"}, {"schedulers": ["karras", "normal"]}))),
    _value("37", "clipskip", CheckCode.KEY_UNKNOWN, requirements={"clipskip": 2}, verdict=FAIL,
           corrected={"requirements": {"clip_skip": 2}}),
    _value("37", "euler a", CheckCode.SAMPLER_UNKNOWN, requirements={"samplers": ["euler a"]}, verdict=WARN,
           corrected={"requirements": {"samplers": ["k_euler_a"]}}),
    _value("37", "unknown scheduler", CheckCode.SAMPLER_UNKNOWN, requirements={"schedulers": ["fancy"]}, verdict=WARN),
    _value("38", "one tag as text", CheckCode.VALUE_KIND, tags="lamp", verdict=FAIL, corrected={"tags": ["lamp"]}),
    _value("38", "tags as text", CheckCode.VALUE_KIND, tags="lamp, warm", corrected={"tags": ["lamp", "warm"]}),
    _value("38", "size as text", CheckCode.VALUE_KIND, size_on_disk_bytes="6.938 GB", verdict=FAIL, corrected={}),
    _value("38", "no as text", CheckCode.VALUE_KIND, inpainting="no", verdict=FAIL, corrected={}),
    *(_value("38", f"files as {kind}", CheckCode.VALUE_KIND, config=config, verdict=FAIL)
      for kind, config in (("text", "x"), ("text in a list", {"download": ["x"]}), ("object", {"files": {"a": 1}}))),
    _value("38", "nsfw as text", CheckCode.NSFW, nsfw="no", verdict=FAIL, corrected={}),
    _words("38", "parameters as text", CheckCode.VALUE_KIND, parameters="12B", verdict=FAIL, corrected={}),
    _words("44", "address as baseline", CheckCode.VALUE_MISPLACED, baseline="https://huggingface.co/acme/Base-12B",
           verdict=WARN, corrected={"baseline": "acme/Base-12B"}),
    _words("44", "settings as text", CheckCode.VALUE_KIND, settings='{"temperature": 0.7}', verdict=FAIL,
           corrected={"settings": {"temperature": 0.7}}),
    _words("44", "tags in style", CheckCode.VALUE_KIND, style=["roleplay"], verdict=FAIL),
    _value("W1", "unused baseline", CheckCode.BASELINE_UNUSED, baseline="anima", verdict=WARN),
    *(_value("W2", typed, CheckCode.BASELINE_UNKNOWN, baseline=typed, verdict=FAIL, corrected={"baseline": meant})
      for typed, meant in (("stable diffusion xl", "stable_diffusion_xl"), ("flux schnell", "flux_schnell"))),
    _words("W9", "comma in a tag", CheckCode.TAG_COMMA, tags=["roleplay, warm"], verdict=WARN,
           corrected={"tags": ["roleplay", "warm"]}),
)  # fmt: skip


def _without(**changes: Any) -> dict[str, Any]:
    return image(**{"config": {"files": [], "download": []}, **changes})


RIVAL = PendingChange(
    change_id=7,
    category=IMAGE,
    model_name="Lantern",
    operation=CREATE,
    requested_by="303",
    requested_at=1,
    status=ChangeStatus.PENDING,
    payload=image("Lantern", **legacy_files("lantern.safetensors", f"{FOLDER}/lantern.safetensors")),
)
WORKERS = (
    mistake("16", "hash of another open change", image(), CheckCode.FILE_PROPOSED, verdict=WARN, open_changes=(RIVAL,)),
    mistake("22", "no config", image(config=None), CheckCode.NO_FILE, verdict=FAIL),
    mistake("22", "no download", _without(), CheckCode.NO_FILE, verdict=FAIL),
    mistake("22", "no download in v2", v2_image(config={"download": []}), CheckCode.NO_FILE, dialect=V2, verdict=FAIL),
    mistake("22", "an encoder", {"name": "Encoder"}, CheckCode.NO_FILE, category="clip", verdict=WARN),
    mistake("W4", "emptied by an update", _without(), CheckCode.NO_FILE, before=OLD, verdict=FAIL),
    mistake("W4", "only a page", image(**legacy_files("lumen.html", f"{FOLDER}/lumen.html")), CheckCode.NO_FILE,
            verdict=FAIL),
    *(mistake("W4", category, {"name": "Lumen"}, CheckCode.NO_FILE, category=category, verdict=FAIL)
      for category in ("esrgan", "gfpgan", "codeformer", "safety_checker", "miscellaneous")),
    mistake("W7", "licence of another file", image(licensing={"files": {"b.safetensors": {}}}),
            CheckCode.LICENSED_FILE, verdict=FAIL),
    *(mistake("W8", category, {"name": "Lumen", "nsfw": False, **v2_files()}, CheckCode.CATEGORY_NOT_READ,
              category=category, dialect=V2, verdict=WARN) for category in ("lora", "ti")),
)  # fmt: skip
