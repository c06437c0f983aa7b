"""Settings that every test shares."""

import os

from hypothesis import settings

# CI machines are slow and shared: a property may take its time, but must always try the same examples there.
settings.register_profile("project", deadline=None, max_examples=100, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")
