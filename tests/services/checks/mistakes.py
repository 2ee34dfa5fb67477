"""Mistakes that people make in proposals, and the kind of check that names each."""

from tests.services.checks.mistakes_in_fields import NAMES, VALUES, WORKERS
from tests.services.checks.mistakes_in_files import FILES, HASHES, LINKS

MISTAKES = (*LINKS, *HASHES, *FILES, *NAMES, *VALUES, *WORKERS)
