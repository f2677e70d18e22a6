"""The Celery application: two queues, late acknowledgement, one child a worker, started afresh (`spawn`).

    celery -A workers.queue.app worker -Q render -P prefork -c 1 --pool-start-method spawn

`locution worker` runs that with the settings of this machine.
"""

from __future__ import annotations

from celery import Celery

from workers.settings import Settings

QUEUES = {"prepare": "render", "render": "render", "read": "read"}
"""Which queue carries the messages for which work. Checking files and drawing share the render workers."""

SLICE_SECONDS = 20
"""One message works at most this long before it hands over to a new one, so that a queue stays fair."""

WARM_UP_SECONDS = 300.0
"""A worker's child imports and loads for seconds before its first task; on a machine that swaps, for minutes.
Celery's own limit of 4 s would kill it again and again."""

PUBLISH = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
"""A page must not hang on a broker that is away: it gives up within a second, and the sweeper rings later."""


def make_app(settings: Settings) -> Celery:
    """The application for these settings."""
    app = Celery("locution", broker=settings.broker, include=["workers.queue.tasks"])
    longest = max(settings.prepare_seconds, settings.render_seconds, settings.read_seconds) + SLICE_SECONDS
    app.conf.update(
        task_acks_late=True,
        task_acks_on_failure_or_timeout=True,
        task_ignore_result=True,
        task_default_queue="render",
        task_routes={f"locution.{work}": {"queue": queue} for work, queue in QUEUES.items()},
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=WARM_UP_SECONDS,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker waits for its broker as long as it takes
        broker_transport_options={
            # A message that is not acknowledged for this long is given out again: twice the longest a task may take.
            "visibility_timeout": 2 * longest,
            "unacked_restore_interval": 10,
            "socket_timeout": 30,
            **PUBLISH,
        },
    )
    return app


settings = Settings.from_env()
"""Those of this process, which the broker starts."""

app = make_app(settings)
