"""The racing processes of tests/concurrent (clinic_race_worker), each on a storage URL of its own."""

import json
import os
import subprocess
import threading
from collections import Counter

import faults


class Answer:
    def __init__(self, line):
        index, self.operation, self.code, text = line.rstrip("\n").split("\t", 3)
        self.index = int(index)
        self.told = json.loads(text)


def race(storages, mix, threads=8, calls=1, profile="standard"):
    """Everybody begins together. mix: calls as (operation, request, key); `{i}` in them is different in each call."""
    plan = {
        "master_key": faults.MASTER_KEY,
        "profile": profile,
        "policy": json.dumps({"password_hash_cost": 4}),
        "processes": len(storages),
        "threads": threads,
        "calls": calls,
        "open_each": False,
        "people": 0,
        "sent": "",
        "mix": [{"operation": o, "request": json.dumps(request), "key": key} for o, request, key in mix],
    }
    workers = [
        subprocess.Popen([os.environ["CLINIC_RACE_WORKER"], "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in storages
    ]
    answers = []
    try:
        for process, (worker, storage) in enumerate(zip(workers, storages)):
            _say(worker, json.dumps({**plan, "storage": storage, "process": process}))
        for worker in workers:
            if worker.stdout.readline() != "ready\n":
                raise RuntimeError("a process did not get ready")
        listeners = [threading.Thread(target=_listen, args=(worker.stdout, answers)) for worker in workers]
        for worker, listener in zip(workers, listeners):
            _say(worker, "go")
            listener.start()
        for worker, listener in zip(workers, listeners):
            listener.join(timeout=120)
            if worker.wait(timeout=10):
                raise RuntimeError(f"a process ended with {worker.returncode}")
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
            worker.stdin.close()
            worker.stdout.close()
    return answers


def codes(answers):
    return dict(Counter(answer.code for answer in answers))


def _say(worker, line):
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def _listen(output, answers):
    answers.extend(map(Answer, output))
