"""The Celery application: two queues, late acknowledgement, one child a worker, started afresh (`spawn`).

    celery -A workers.app worker -Q render -P prefork -c 1 --pool-start-method spawn

`locution worker` runs that with the settings of this machine.
"""

from __future__ import annotations

from celery import Celery

from workers.settings import Settings

QUEUES = ("render", "read")
CONNECT_TRIES = 3


def make_app(settings: Settings) -> Celery:
    """The application for these settings."""
    app = Celery("locution", broker=settings.broker, include=["workers.tasks"])
    longest = max(settings.render_seconds, settings.read_seconds)
    app.conf.update(
        task_acks_late=True,
        task_acks_on_failure_or_timeout=True,
        task_ignore_result=True,
        task_default_queue="render",
        task_routes={"locution.read": {"queue": "read"}},
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            # A message that is not acknowledged for this long is given out again: twice the longest a task may take.
            "visibility_timeout": 2 * longest,
            "unacked_restore_interval": 10,
            "socket_timeout": 30,
        },
    )
    return app


app = make_app(Settings.from_env())
