"""Web: HTTP in, `Reply` out. `create_app` makes the application from settings and a way to open the services."""

from app.web.application import create_app
from app.web.services import Services

__all__ = ["Services", "create_app"]
