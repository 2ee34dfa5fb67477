"""Discord's OpenAPI document belongs to Discord: without a path to it, nothing of it is collected."""

import os

collect_ignore = [] if "CURATOR_TEST_DISCORD_OPENAPI" in os.environ else ["test_discord_openapi.py"]
