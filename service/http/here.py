"""The application that answers this request: its database, its settings, how it rings its workers."""

from __future__ import annotations

from flask import current_app

from workers.requests.jobs import Ring
from workers.settings import Settings
from workers.store.database import Store


def store() -> Store:
    """The database of this application."""
    found: Store = current_app.extensions["store"]
    return found


def ring() -> Ring:
    """How this application rings its workers."""
    found: Ring = current_app.extensions["ring"]
    return found


def settings() -> Settings:
    """The settings of this application."""
    found: Settings = current_app.config["SETTINGS"]
    return found
