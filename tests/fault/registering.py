"""A process that registers people, one after another on each of its threads, and repeats what fails until it succeeds.

Its argument is a plan as JSON: storage, name, threads. It says "ready" once the clinic is open, begins when its input says
so, and stops at its input's end. Each answer is a line of JSON at once, so that what was answered is known whatever happens:
{"email", "number", "id", "account", "at", "tries"} or {"email", "error", "detail", "took", "at"}. Times are those of the
machine's monotonic clock.
"""

import itertools
import json
import sys
import threading
import time

import clinic
import faults

_PAUSE = 0.05  # before repeating what failed
_PATIENCE = 120  # a person who cannot be registered for that long is given up: the test then misses the answer

_stopped = threading.Event()


def say(**told):
    sys.stdout.write(json.dumps({**told, "at": time.monotonic()}) + "\n")
    sys.stdout.flush()


def register(desk, email, account):
    """Repeats the call with its key until it is answered."""
    begun = time.monotonic()
    for tries in itertools.count(1):
        call_begun = time.monotonic()
        try:
            answer = faults.register(desk, email, key=email, account=account)
        except clinic.Error as error:
            say(email=email, error=error.code, detail=error.detail, took=time.monotonic() - call_begun)
            if error.code not in faults.REPEATABLE or time.monotonic() - begun > _PATIENCE:
                return
            time.sleep(_PAUSE)
        else:
            say(email=email, number=answer.patient.number, id=answer.patient.id, account=account, tries=tries)
            return


def work(opened, name, thread):
    desk = opened.system("registering")
    for person in itertools.count():
        if _stopped.is_set():
            return
        register(desk, f"{name}.{thread}.{person}@example.org", account=person % 2 == 0)


def main(plan):
    with faults.opened(plan["storage"]) as opened:
        print("ready", flush=True)
        sys.stdin.readline()
        threads = [threading.Thread(target=work, args=(opened, plan["name"], i)) for i in range(plan["threads"])]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        _stopped.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
