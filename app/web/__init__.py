"""Web: HTTP in, `Reply` out. `create_app` makes the application from settings and a way to open the services."""

from app.web.access_cli import keys_cli, sites_cli
from app.web.application import create_app
from app.web.deployment import check_deployment
from app.web.hotline.people_cli import people_cli
from app.web.metrics import COUNTS_FOLDER
from app.web.reasking import ask_again
from app.web.regression import ask_reviewed
from app.web.repeated import log_to_stderr
from app.web.server import server_config
from app.web.services import Intake, Services
from app.web.versions import compared, two_versions
from app.web.wire import hit_json, reply_json

__all__ = [
    "COUNTS_FOLDER",
    "Intake",
    "Services",
    "ask_again",
    "ask_reviewed",
    "check_deployment",
    "compared",
    "create_app",
    "hit_json",
    "keys_cli",
    "log_to_stderr",
    "people_cli",
    "reply_json",
    "server_config",
    "sites_cli",
    "two_versions",
]
