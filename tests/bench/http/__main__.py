"""The HTTP server beside Flask, Django REST framework and Express, on one SQLite database, with wrk, in one run.

    ./dev bench --http [--seconds 5] [--connections 16] [--only get,search]

contender.py says what a contender does. Each server is alone while it is measured, with as many workers as serve it best here; wrk takes its
part of the same processors. The figures: requests a second, milliseconds of the median and of 99 of 100, memory of all its processes (PSS),
and how many times the contender's throughput ours is.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

import statements

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
from servers.ports import free_port  # noqa: E402

SECRET = "a secret that all servers share, for tokens"
PASSWORD = "correct horse battery"
PEOPLE = 10000
ADMINISTRATORS = 32  # whoever logs in many times at once is taken for somebody who guesses
COST = 10
AIMS = {"get": 10, "search": 10, "register": 5}  # times Flask's and Django's throughput

LUA = """
wrk.headers["Authorization"] = "Bearer %(token)s"
wrk.headers["Content-Type"] = "application/json"
local PEOPLE, ADMINISTRATORS, PASSWORD = %(people)d, %(administrators)d, "%(password)s"
local count = 0
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
function request()
  count = count + 1
  %(body)s
end
function done(summary, latency, requests)
  io.write(string.format("FIGURES %%d %%d %%d %%d\\n", summary.requests, summary.errors.status, latency:percentile(50), latency:percentile(99)))
end
"""
KINDS = {
    "get": 'return wrk.format("GET", string.format("/api/v1/patients/P%d", count % PEOPLE))',
    "search": 'return wrk.format("GET", string.format("/api/v1/patients/search?q=family%d&limit=20", count % 100))',
    "register": 'return wrk.format("POST", "/api/v1/patients", nil, '
                'string.format(\'{"first_name":"New","last_name":"Person%dx%d"}\', id, count))',
    "login": 'return wrk.format("POST", "/api/v1/auth/login", nil, '
             'string.format(\'{"login":"admin%d@clinic.example","password":"\' .. PASSWORD .. \'"}\', count % ADMINISTRATORS))',
}


def memory(pid):
    """Of the process and its children, in MiB; what several share is counted once (PSS)."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    own = re.search(r"Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
    return int(own.group(1)) / 1024 + sum(memory(child) for child in children)


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.workers = options, pathlib.Path(folder), {}
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CLINIC_")}
        self.configuration = self.folder / "clinic.json"
        self.configure(False)
        self.clinic("init")
        for number in range(ADMINISTRATORS):
            self.clinic("admin", "create", "--email", f"admin{number}@clinic.example", "--password-stdin", text=PASSWORD)
        self.fill()
        self.capture()

    def configure(self, audited):
        self.configuration.write_text(json.dumps({
            "storage": f"sqlite:{self.folder}/clinic.db", "plugin_directories": [self.options.plugins], "token_secret": SECRET,
            "policy": {"password_hash_cost": COST, "audit_reads": audited, "encrypt_medical_fields": False, "rate_limits": [],
                       "attempts_per_address": 10000, "access_token_minutes": 1000, "hash_wait_seconds": 60}}), encoding="utf-8")

    def clinic(self, *arguments, text=""):
        subprocess.run([self.options.clinic, "--config", self.configuration, *arguments], input=text.encode(), check=True, capture_output=True,
                       env=self.environment)

    def fill(self):
        with contextlib.closing(sqlite3.connect(self.folder / "clinic.db")) as database:
            database.executemany(
                "INSERT INTO patients (id, number, first_name, last_name, name_key, last_name_key, kind, status, visit_count, balance_minor,"
                " created_by, created_at, updated_at, lock_count, version) VALUES (?, ?, 'Given', ?, ?, ?, 'walk_in', 'active', 0, 0, 'bench',"
                " 1790000000000, 1790000000000, 0, 1)",
                ((f"0000{i:06}", f"P{i}", f"Family{i % 100}x{i}", f"given family{i % 100}x{i}", f"family{i % 100}x{i}") for i in range(PEOPLE)))
            database.commit()

    def capture(self):
        """The statements for the contenders, from our own server's log of one request of each kind."""
        log = self.folder / "trace.log"
        with log.open("w", encoding="utf-8") as errors, self.served("clinic", True, errors=errors) as (port, _):
            token = self.token(port)
            self.call(port, "/api/v1/patients/P1", token)
            self.call(port, "/api/v1/patients/search?q=family1", token)
            self.call(port, "/api/v1/patients", token, {"first_name": "New", "last_name": "Person"})
        (self.folder / "statements.json").write_text(json.dumps(statements.captured(log.read_text(encoding="utf-8"))), encoding="utf-8")

    def command(self, name, port, workers):
        if name == "clinic":
            return [self.options.clinic, "--config", self.configuration, "serve", "--port", str(port)]
        if name == "express":
            return ["node", HERE / "express_app.js"]
        return ["/usr/bin/gunicorn", "--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--log-level", "error", f"{name}_app:app"]

    @contextlib.contextmanager
    def served(self, name, audited, workers=2, errors=None):
        port = free_port()
        self.configure(audited)
        environment = {**self.environment, "BENCH_DATABASE": f"sqlite:///{self.folder}/clinic.db", "BENCH_SECRET": SECRET,
                       "BENCH_AUDIT": "1" if audited else "0", "BENCH_STATEMENTS": str(self.folder / "statements.json"),
                       "BENCH_PORT": str(port), "BENCH_WORKERS": str(workers), "NODE_ENV": "production",
                       "CLINIC_LOG_LEVEL": "trace" if errors else "error",
                       "NODE_PATH": str(self.options.node_modules), "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(self.command(name, port, workers), env=environment, stdout=subprocess.DEVNULL, stderr=errors) as process:
            try:
                for _ in range(400):
                    if process.poll() is not None:
                        raise RuntimeError(f"{name} does not start")
                    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                        break
                    time.sleep(0.05)
                else:
                    raise RuntimeError(f"{name} does not listen")
                yield port, process.pid
            finally:
                process.terminate()

    def call(self, port, path, token=None, body=None):
        headers = {"Content-Type": "application/json", **({"Authorization": "Bearer " + token} if token else {})}
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode() if body else None, headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def token(self, port):
        return self.call(port, "/api/v1/auth/login", body={"login": "admin0@clinic.example", "password": PASSWORD})["access_token"]

    def measure(self, port, kind, token, seconds):
        script = self.folder / "wrk.lua"
        script.write_text(LUA % {"token": token, "people": PEOPLE, "administrators": ADMINISTRATORS, "password": PASSWORD, "body": KINDS[kind]}, encoding="utf-8")
        done = subprocess.run(["wrk", "-t1", f"-c{self.options.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script,
                               f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
        requests, errors, median, slow = map(int, re.search(r"FIGURES (\d+) (\d+) (\d+) (\d+)", done.stdout).groups())
        if errors:
            raise RuntimeError(f"{errors} of {requests} requests were refused")
        return requests / seconds, median / 1000, slow / 1000

    def best_workers(self, name, token):
        """How many processes serve most here: tried once for each contender."""
        if name not in self.workers:
            rates = {}
            for workers in (1, 2, 3, 4) if name != "clinic" else (0,):
                with self.served(name, False, workers) as (port, _):
                    rates[workers] = self.measure(port, "get", token, 1)[0]
            self.workers[name] = max(rates, key=rates.get)
        return self.workers[name]

    def run(self):
        with self.served("clinic", False) as (port, _):
            token = self.token(port)  # of a login that all know
        names = ["clinic", "flask", "django"] + (["express"] if self.options.node_modules else [])
        chosen = [kind for kind in KINDS if not self.options.only or kind in self.options.only.split(",")]
        missed = []
        for audited in (False, True):
            print(f"\n{'with' if audited else 'without'} an audit of reads\n{'':10}{'':9}{'workers':>8}{'a second':>10}{'median ms':>11}"
                  f"{'99 % ms':>9}{'MiB':>7}{'ours is':>10}")
            for kind in [kind for kind in chosen if not audited or kind in ("get", "search")]:
                ours = None
                for name in names:
                    workers = self.best_workers(name, token)
                    with self.served(name, audited, workers) as (port, pid):
                        self.measure(port, kind, token, 1)  # warm
                        rate, median, slow = self.measure(port, kind, token, self.options.seconds)
                        used = memory(pid)
                    ours = ours or rate
                    print(f"{kind:10}{name:9}{workers or '':>8}{rate:10.0f}{median:11.2f}{slow:9.2f}{used:7.0f}{ours / rate:9.1f}x", flush=True)
                    if name in ("flask", "django") and ours / rate < AIMS.get(kind, 0):
                        missed.append(f"{kind} beside {name}: {ours / rate:.1f} of {AIMS[kind]} times")
        for each in missed:
            print("missed:", each)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench --http", description=__doc__.splitlines()[0])
    parser.add_argument("clinic", type=os.path.abspath)
    parser.add_argument("plugins", type=os.path.abspath)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", help="kinds of requests, with commas: " + ", ".join(KINDS))
    parser.add_argument("--node-modules", type=os.path.abspath, help="where express and better-sqlite3 are; without it Express is left out")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing")
    with tempfile.TemporaryDirectory() as folder:
        Bench(options, folder).run()


if __name__ == "__main__":
    sys.exit(main())
