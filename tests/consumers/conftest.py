"""Tests with the workers' libraries; collected only where these are installed."""

from tests.harness.services import readers

collect_ignore_glob = [] if readers() else ["test_*.py"]
