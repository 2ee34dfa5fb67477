"""The Discord client: bot, command tree, persistent buttons and menus, answers."""
