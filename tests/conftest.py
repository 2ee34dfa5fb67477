"""Makes the harness's fixtures known to every test."""

pytest_plugins = ["tests.harness.stand_in", "tests.harness.services", "tests.harness.discord"]
