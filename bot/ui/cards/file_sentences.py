"""Sentences of the checks of files and their addresses."""

from collections.abc import Callable, Mapping

from bot.services.checks import CheckCode
from bot.ui.cards.check_facts import VALUE, CheckFacts
from bot.ui.text import ADDRESS_MAX, NAME_TITLE, size


def _sha256_missing(facts: CheckFacts) -> str:
    how = f".{facts.edit} and paste its 64 hex digits." if facts.edit else "."
    return f"**sha256 is missing** for {facts.code('file')}{how}"


def _file_type(facts: CheckFacts) -> str:
    why = {
        "pickle": "is not .safetensors. A pickle can run code.",
        "capitals": "has capitals in its extension.",
    }
    problem = why.get(str(facts.plain("kind")), "is no model file that workers load.")
    return f"**File type:** {facts.code('file')} {problem}{facts.instead}"


def _names_differ(facts: CheckFacts) -> str:
    return (
        f"**File names differ:** the download is {facts.code('file')}, the hash is for {facts.code('value')}. "
        f"The service cannot apply that.{facts.instead}"
    )


def _size(facts: CheckFacts) -> str:
    return size(facts.count("value"))


def _model(facts: CheckFacts) -> str:
    return f"live {facts.plain('model', NAME_TITLE)}"


def _subject(facts: CheckFacts) -> str:
    """Return what the address belongs to: a field, or a file."""
    return f"**{facts.plain('label')}:**" if facts.has("label") else f"**Link** of {facts.code('file')}:"


def _link(facts: CheckFacts) -> str:
    if not facts.has("value"):
        return f"{_subject(facts)} no address.{facts.end}"
    return f"{_subject(facts)} {facts.code('value', VALUE)} is not an https address.{facts.instead}"


def _credential(facts: CheckFacts) -> str:
    host = f" of {facts.code('host')}" if facts.has("host") else ""
    return (
        f"**Credential in an address:** {facts.code('part')}{host}, in {facts.code('label')}. Anyone could use it. "
        f"The bot did not keep its value.{facts.end}"
    )


def _host_unknown(facts: CheckFacts) -> str:
    usual = "Usual are huggingface.co and civitai.com."
    after = f"{usual} Approvers may ask why." if facts.is_draft else usual
    return f"**File host not known:** {facts.code('host')}. {after}"


def _no_file(facts: CheckFacts) -> str:
    return f"{_subject(facts)} {facts.code('value', VALUE)} is a page without a file.{facts.instead}"


def _page(facts: CheckFacts) -> str:
    return (
        f"{_subject(facts)} `/{facts.plain('view')}/` is a page about the file, not the file. "
        f"Correct: {facts.code('corrected', ADDRESS_MAX)}."
    )


def _query(facts: CheckFacts) -> str:
    other = "another file format" if facts.plain("key") == "format" else "a part that is not the model"
    return f"{_subject(facts)} {facts.code('key')} is {facts.code('value')}, {other}."


def _url_other(facts: CheckFacts) -> str:
    of = f", the page of live {facts.plain('model', NAME_TITLE)}" if facts.has("model") else ""
    return f"**Link:** {facts.code('value', VALUE)}{of} is not of this model.{facts.instead}"


def _name_bad(facts: CheckFacts) -> str:
    if not facts.has("value"):
        return f"**File name** is empty.{facts.instead}"
    return f"**File name:** {facts.code('value', VALUE)} is not a plain file name of at most 200 bytes.{facts.instead}"


def _proposed(facts: CheckFacts) -> str:
    changes = facts.lines("changes")
    if len(changes) == 1:
        return f"**{changes[0]} proposes the same file** for {facts.plain('model', NAME_TITLE)}."
    newer = " and newer changes" if facts.has("has_newer") else ""
    return f"**{', '.join(changes)}{newer} propose the same file.**"


def _twice(facts: CheckFacts) -> str:
    file, other = facts.code("file"), facts.code("value")
    if file == other:
        return f"**File listed twice:** {file}."
    return f"**File listed twice:** {file} and {other} share a name, hash or link."


FILE_WORDS: Mapping[CheckCode, Callable[[CheckFacts], str]] = {
    CheckCode.SHA256_MISSING: _sha256_missing,
    CheckCode.SHA256_MALFORMED: lambda facts: (
        f"**sha256** of {facts.code('file')}: {facts.code('value', VALUE)} is {facts.plain('kind')}.{facts.instead}"
    ),
    CheckCode.SHA256_PLACEHOLDER: lambda facts: (
        f"**sha256** of {facts.code('file')}: {facts.code('value')} is a placeholder.{facts.end}"
    ),
    CheckCode.MD5_MALFORMED: lambda facts: (
        f"**md5** of {facts.code('file')}: {facts.code('value')} is {facts.plain('kind')}."
    ),
    CheckCode.HASH_TAKEN: lambda facts: (
        f"**Hash** of {facts.code('file')}: {_model(facts)} has the same one. It is the same file, or was copied."
    ),
    CheckCode.FILE_PROPOSED: _proposed,
    CheckCode.HASH_KEPT: lambda facts: (
        f"**Hash not changed:** {facts.code('file')} is another file now, its sha256 is still that of "
        f"{facts.code('value')}."
    ),
    CheckCode.SIZE_KEPT: lambda facts: (
        f"**Size not changed:** the file is another one now, the size is still {_size(facts)}."
    ),
    CheckCode.SIZE_BAD: lambda facts: f"**Size:** {facts.code('value')} is not a number of bytes.{facts.end}",
    CheckCode.SIZE_ODD: lambda facts: (
        f"**Size:** {_size(facts)} is unusual. Models of this baseline have {facts.count('least') / 1000:g} to "
        f"{facts.count('most') / 1000:g} GB. It is stated in bytes."
    ),
    CheckCode.FILE_NAME_BAD: _name_bad,
    CheckCode.FILE_NAME_TAKEN: lambda facts: (
        f"**File name:** {_model(facts)} has another file of the name {facts.code('file')}. Workers would mix them up."
    ),
    CheckCode.FILE_NAMES_DIFFER: _names_differ,
    CheckCode.FILE_NO_DOWNLOAD: lambda facts: f"**No link** for {facts.code('file')}.{facts.end}",
    CheckCode.FILE_TWICE: _twice,
    CheckCode.FILE_STEMS: lambda facts: (
        f"**File names:** {facts.code('file')} and {facts.code('value')} differ only in the extension. "
        "Workers would mix them up."
    ),
    CheckCode.FILE_TYPE: _file_type,
    CheckCode.NO_FILE: lambda facts: (
        f"**No model file:** workers need one that ends in .safetensors, .ckpt, .pt, .pth or .bin.{facts.end}"
    ),
    CheckCode.LICENSED_FILE: lambda facts: (
        f"**Licensing** names the file {facts.code('file')}, which the record does not have."
    ),
    CheckCode.CATEGORY_NOT_READ: lambda facts: (
        f"**Workers do not load this kind of model from this reference:** {facts.category}."
    ),
    CheckCode.LINK: _link,
    CheckCode.HOMEPAGE: _link,
    CheckCode.CREDENTIAL: _credential,
    CheckCode.HOST_UNKNOWN: _host_unknown,
    CheckCode.LINK_PLACEHOLDER: lambda facts: (
        f"{_subject(facts)} {facts.code('value', VALUE)} is a placeholder, or not one single address.{facts.instead}"
    ),
    CheckCode.LINK_PAGE: _page,
    CheckCode.LINK_NO_FILE: _no_file,
    CheckCode.LINK_OPEN_CHOICE: lambda facts: (
        f"{_subject(facts)} Civitai picks one of several files. Add `fileId`, or `type`, `format`, `size` and `fp`."
    ),
    CheckCode.LINK_QUERY: _query,
    CheckCode.LINK_EXTENSION: lambda facts: (
        f"**File type differs:** the name is {facts.code('file')}, the link ends in {facts.code('value')}. "
        "Check the sha256 too."
    ),
    CheckCode.LINK_ALMOST: lambda facts: (
        f"**File name almost equal:** the name is {facts.code('file')}, the link ends in {facts.code('value')}."
    ),
    CheckCode.LINK_OTHER_FILE: lambda facts: (
        f"{_subject(facts)} it names {facts.code('value')}, a file of live {facts.plain('model', NAME_TITLE)}."
    ),
    CheckCode.LINK_TAKEN: lambda facts: f"{_subject(facts)} live {facts.plain('model', NAME_TITLE)} has the same link.",
    CheckCode.HOMEPAGE_VERSION: lambda facts: (
        f"**Homepage:** it shows version {facts.code('value')}, the file is of another one.{facts.instead}"
    ),
    CheckCode.HOMEPAGE_OTHER: lambda facts: f"**Homepage:** it is that of live {facts.plain('model', NAME_TITLE)}.",
    CheckCode.URL_OTHER: _url_other,
}
