"""The desk of the hotline's tests."""

from tests.web.hotline.conftest import _cheap_passwords, desk, services, url

__all__ = ["_cheap_passwords", "desk", "services", "url"]
