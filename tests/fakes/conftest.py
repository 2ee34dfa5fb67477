"""Discord's OpenAPI document belongs to Discord: without a path to it, nothing of it is collected."""

import os

from tests.fakes.discord_openapi import OPENAPI

collect_ignore = [] if OPENAPI in os.environ else ["test_discord_openapi.py"]
