"""One machine: starts broker, workers and web server, keeps them running, and stops them in order.

Each child is a session of its own, dies with this process (PDEATHSIG), is restarted with a growing pause, and logs to
data/logs. A lock on the data folder keeps a second supervisor out. Knows processes; what they do is elsewhere.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.error import URLError

from service.processes import death_signal, display_url, end_group, refuse_taken_port
from service.processes import free_port as free_port
from service.processes import worker_command, web_command, child_environment
from workers import embedded
from workers.settings import Settings
