"""Waiting for something to become true, with a deadline."""

import time


class TimedOut(AssertionError):
    """What was waited for did not come."""


def until(condition, what, seconds=30, pause=0.02):
    """What `condition` answers as soon as that is true. `what` says in an error what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimedOut(f"waited {seconds} s in vain for {what}")
        time.sleep(pause)
