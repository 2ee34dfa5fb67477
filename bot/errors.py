"""The root of every error that has words for people; the leaves lie beside the code that raises them."""


class BotError(Exception):
    """Something foreseen went wrong.

    Leaves carry facts as attributes. Sentences for people are made from them in one place, ``bot.ui.words.errors``.
    """
