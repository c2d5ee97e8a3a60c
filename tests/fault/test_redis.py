"""What becomes of rate limits while their Redis is away, hangs, or has forgotten everything: the clinic's calls go on, each
process counts by itself, and soon after it is back they count together again.

Environment: CLINIC_LIBRARY; PYTHONPATH names bindings/python, tests and tests/support.
"""

import datetime
import logging
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import clinic
import reported
import servers
from servers.waiting import until

LIMIT = 10
# In a process of its own: makes calls until one is refused, and says how many were not.
_CALLER = """
import sys, clinic
with clinic.open(sys.argv[1], limiter=sys.argv[2], policy={"rate_limits": [{"operation": "*", "calls": %d, "seconds": 3600}]}) as opened:
    nina = opened.user("nina", "nurse")
    done = 0
    try:
        while done < 100:
            nina.system.version()
            done += 1
    except clinic.RateLimited:
        pass
    print(done)
""" % LIMIT


class Clock:
    """The host's clock, which stands still until it is moved."""

    def __init__(self):
        self.time = datetime.datetime(2026, 9, 1, tzinfo=datetime.timezone.utc)

    def __call__(self):
        return self.time

    def on(self, **time):
        self.time += datetime.timedelta(**time)


class RedisAway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.supervisor = servers.Supervisor()
        cls.addClassCleanup(cls.supervisor.close)
        cls.redis = servers.Redis(cls.supervisor)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.storage = f"sqlite:{folder.name}/clinic.db"
        self.clock = Clock()
        self.log = []
        with clinic.open(self.storage):
            pass  # makes it

    def opened(self, **more):
        opened = clinic.open(
            self.storage,
            limiter=self.redis.url() + "?timeout=300",
            policy={"rate_limits": [{"operation": "*", "calls": LIMIT, "seconds": 3600}]},
            log_level="info",
            log=lambda level, line: self.log.append((level, line)),
            now=self.clock,
            **more,
        )
        self.addCleanup(opened.close)
        return opened

    def calls_until_refused(self, opened, user="nina"):
        nurse = opened.user(user, "nurse")
        for done in range(100):
            try:
                nurse.system.version()
            except clinic.RateLimited as error:
                self.assertGreater(error.retry_after_seconds, 0)
                return done
        return self.fail("nothing was refused")

    def said(self, part):
        return [level for level, line in self.log if part in line]

    def test_processes_share_their_limits(self):
        """[ACCESS-4]"""
        callers = [
            subprocess.Popen([sys.executable, "-c", _CALLER, self.storage, self.redis.url()], stdout=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        self.assertEqual(sum(int(caller.communicate()[0]) for caller in callers), LIMIT)

    def test_keys_tell_nothing(self):
        """[ACCESS-4] Neither who called nor from where can be read in Redis."""
        with self.opened() as opened:
            opened.user("canary-user", "nurse").system.version()
            opened.anonymous().system.version(origin="canary-address")
        found = self.redis.command("EVAL \"return table.concat(redis.call('KEYS', '*'), ' ')\" 0")
        self.assertRegex(found, rb"^\$\d+$")  # its length; the text itself follows
        self.assertGreater(int(found[1:]), 64)
        hits = self.redis.command("EVAL \"return #redis.call('KEYS', '*canary*')\" 0")
        self.assertEqual(hits, b":0")

    def test_more_clients_than_it_takes(self):
        """[ACCESS-4] That may pass: it is no reason to refuse the opening."""
        self.redis.command("CONFIG SET maxclients 1")
        try:
            with socket.create_connection(("127.0.0.1", self.redis.port)) as other:
                other.sendall(b"PING\r\n")
                other.recv(100)  # so it is one of the clients
                self.assertEqual(self.calls_until_refused(self.opened()), LIMIT)
                self.assertEqual(self.said("each process counts by itself"), [logging.WARNING])
        finally:
            until(lambda: self.redis.command("CONFIG SET maxclients 100") == b"+OK", "a place for a client", 5)

    def test_killed_and_back(self):
        """[ACCESS-4]"""
        opened = self.opened()
        self.assertEqual(self.calls_until_refused(opened, "first"), LIMIT)
        self.redis.kill()
        try:
            # by itself, from the start; one warning, however many calls
            self.assertEqual(self.calls_until_refused(opened), LIMIT)
            self.assertEqual(self.said("each process counts by itself"), [logging.WARNING])
            opened_meanwhile = self.opened()
            self.assertEqual(self.calls_until_refused(opened_meanwhile), LIMIT)
        finally:
            self.redis.start()
        self.assertEqual(self.said("counted together again"), [])
        self.clock.on(seconds=6)
        # Redis has forgotten; both count in it again
        nina = [each.user("nina", "nurse") for each in (opened, opened_meanwhile)]
        for i in range(LIMIT):
            nina[i % 2].system.version()
        for each in nina:
            with self.assertRaises(clinic.RateLimited):
                each.system.version()
        self.assertEqual(self.said("counted together again"), [logging.INFO] * 2)

    def test_restarted_between_two_calls(self):
        """[ACCESS-4] A connection that ended meanwhile is made anew: nobody notices."""
        opened = self.opened()
        opened.user("nina", "nurse").system.version()
        self.redis.stop()
        self.redis.start()
        opened.user("nina", "nurse").system.version()
        self.assertEqual(self.said("each process counts by itself"), [])

    def test_hangs(self):
        """[ACCESS-4] Connected, and no answer comes: the first calls wait for the time-out, later ones do not wait at all."""
        opened = self.opened()
        opened.user("warm", "nurse").system.version()
        self.redis.pause()
        try:
            counted = []
            threads = [
                threading.Thread(target=lambda: counted.append(self.calls_until_refused(opened, f"user {threading.get_ident()}")))
                for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(counted, [LIMIT] * 4)
            self.assertEqual(self.said("each process counts by itself"), [logging.WARNING])
        finally:
            self.redis.resume()
        self.clock.on(seconds=6)
        opened.user("warm", "nurse").system.version()
        self.assertEqual(self.said("counted together again"), [logging.INFO])

    def test_script_flushed(self):
        """[ACCESS-4]"""
        opened = self.opened()
        opened.user("flushed", "nurse").system.version()
        self.assertEqual(self.redis.command("SCRIPT FLUSH"), b"+OK")
        self.assertEqual(self.calls_until_refused(opened, "flushed"), LIMIT - 1)
        self.assertEqual(self.said("each process counts by itself"), [])

    def refusal(self, user, password):
        host = f"127.0.0.1:{self.redis.port}"
        with self.assertRaises(clinic.PluginRefused) as refused:
            clinic.open(self.storage, limiter=f"redis://{user}:{password}@{host}")
        self.assertNotIn("canary", str(refused.exception))
        return refused.exception.detail

    def test_an_account_that_may_too_little(self):
        """[ACCESS-4][PLUG-1] It is refused at the opening, with what it lacks, instead of counting by itself for ever."""
        for rights in ("+ping", "+@scripting +get ~*", "+@all -set ~*", "+@all ~other:*", "+@all -@scripting ~*"):
            with self.subTest(rights):
                self.assertEqual(self.redis.command(f"ACL SETUSER clerk reset on >canary {rights}"), b"+OK")
                detail = self.refusal("clerk", "canary")
                self.assertRegex(detail, "NOPERM|ERR")  # ERR: the script itself was let in
                self.assertIn("+@scripting", detail)
        enough = "~clinic:limit:* +@scripting +time +get +set +del +select"
        self.assertEqual(self.redis.command(f"ACL SETUSER clerk reset on >canary {enough}"), b"+OK")
        with clinic.open(self.storage, limiter=f"redis://clerk:canary@127.0.0.1:{self.redis.port}/1") as opened:
            opened.user("nina", "nurse").system.version()

    def test_a_server_without_a_password(self):
        """[ACCESS-4][PLUG-1]"""
        password = self.redis.password
        self.assertEqual(self.redis.command('CONFIG SET requirepass ""'), b"+OK")
        try:
            self.assertIn("knows no password", self.refusal("", "canary"))
        finally:
            self.assertEqual(self.redis.command(f"CONFIG SET requirepass {password}"), b"+OK")

    def test_out_of_memory(self):
        """[ACCESS-4] A server that answers with errors is as good as away."""
        opened = self.opened()
        self.assertEqual(self.redis.command("CONFIG SET maxmemory 1"), b"+OK")
        try:
            self.assertEqual(self.calls_until_refused(opened), LIMIT)
            self.assertEqual(self.said("Redis answers OOM"), [logging.WARNING])
        finally:
            self.redis.command("CONFIG SET maxmemory 0")


if __name__ == "__main__":
    reported.main("fault_redis")
