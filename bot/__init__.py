"""The program: starts here, speaks to the world."""

import os

os.environ.setdefault(
    "PTB_TIMEDELTA", "1"
)  # RetryAfter.retry_after as a timedelta, as PTB 23 will
