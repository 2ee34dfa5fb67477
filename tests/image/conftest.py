"""Tests of the container's image; collected only where a container engine is named."""

from tests.image.engine import engine

collect_ignore_glob = [] if engine() else ["test_*.py"]
