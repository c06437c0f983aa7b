"""The desk of the hotline's tests."""

from tests.web.admin.office import corpus, office
from tests.web.hotline.conftest import _cheap_passwords, desk, services, url

__all__ = ["_cheap_passwords", "corpus", "desk", "office", "services", "url"]
