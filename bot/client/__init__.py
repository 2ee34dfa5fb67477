"""The Discord side of the house: the bot, its command tree, its persistent buttons, and failures on their way out."""
