"""The Discord client: the bot, its command tree, its persistent buttons and menus, and its answers."""
