"""What a call makes of a connection that breaks, hangs or comes back: PostgreSQL and MariaDB behind a proxy that does harm.

Environment: CLINIC_LIBRARY; PYTHONPATH names bindings/python, tests and tests/support. Argument: PostgreSQL or MariaDB.
"""

import contextlib
import itertools
import socket
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import clinic
import faults
import reported
import servers
from registrars import Registrars
from servers.proxy import Harm, Proxy
from servers.waiting import until

# Milliseconds, but connect_timeout, in seconds. Short ones where they are waited out; they could be too short for a busy machine
# where nothing is to be waited for.
SHORT = {"network_timeout": 500, "statement_timeout": 400, "lock_timeout": 300, "connect_timeout": 1}
# How long a call may take when the network hangs: a time-out, connecting anew, and a busy machine.
LONGEST = SHORT["network_timeout"] / 1000 + 2 * SHORT["connect_timeout"] + 2


class Connections(faults.Case):
    server_class = None
    here = threading.local()  #: why: the last error of the thread

    @classmethod
    def setUpClass(cls):
        cls.supervisor = servers.Supervisor()
        cls.addClassCleanup(cls.supervisor.close)
        cls.server = cls.server_class(cls.supervisor, settings=cls.server_class.killable)

    def database(self, name):
        self.server.make_database(name)
        return faults.Database(self.server, name)

    def url(self, database, proxy, harm=Harm.BLACK_HOLE, pool=4):
        return faults.url_with(self.server.url(database.name, proxy.port), pool=pool, **self.limits(harm))

    def limits(self, harm):
        return SHORT if harm is Harm.BLACK_HOLE else {}

    def attempt(self, call):
        """The answer, or the word of an error that may be met here; within time."""
        begun = time.monotonic()
        try:
            answer, word = call(), "done"
        except clinic.Error as error:
            answer, word, self.here.why = None, error.code, faults.why(error)
            self.assertIn(word, faults.REPEATABLE, self.here.why)
        self.assertLess(time.monotonic() - begun, LONGEST, word)
        return answer, word

    def done(self, call):
        """The answer, at the third attempt at the latest: harm to a message without an answer shows at the next one."""
        return self.attempt(call)[0] or self.attempt(call)[0] or call()

    def warm_up(self, desk, n):
        """So that there are a connection and prepared statements: what is harmed is the next call itself."""
        self.done(lambda: faults.register(desk, f"warm{n}@example.org", key=f"warm{n}"))

    def harmed(self, proxy, harm, n, call):
        """The same, with harm done to the n-th message of the call."""
        proxy.arm(harm, n)
        attempted = self.attempt(call)
        proxy.disarm()
        return attempted

    def each_message(self, proxy, harm, call, step=1):
        """Calls call(n), which does harm to an n-th message, for every n (or step-th n) that there is; answers the words.

        Not every call has as many messages as the next one: it ends when several in a row had no n-th.
        """
        words, untouched = [], 0
        for n in itertools.count(1, step):
            word = call(n)
            if proxy.done.is_set():
                words.append(word)
                untouched = 0
                continue
            if not self.limits(harm):
                self.assertEqual(word, "done", f"without any harm: message {n}: {word == 'done' or self.here.why}")
            untouched += 1
            if untouched == 3:
                return words

    def all_harms(self, work, harms=tuple(Harm)):
        """Does work(harm) for each, at once: they wait more than they work."""
        with ThreadPoolExecutor() as pool:
            results = {harm: pool.submit(work, harm) for harm in harms}
        for harm, result in results.items():
            with self.subTest(harm.name):
                words = result.result()
                print(f"  {harm.name}: {Counter(words)}", file=sys.stderr)
                if harm is Harm.DELAY:
                    self.assertEqual(set(words), {"done"}, "what is only late is answered")

    def test_harm_at_each_message_of_a_registration(self):
        """[STORE-3]"""

        def work(harm):
            database = self.database(f"register_{harm.name.lower()}")
            with Proxy(self.server.port) as proxy, faults.opened(self.url(database, proxy, harm)) as opened:
                desk = opened.system("front-desk")

                def call(n):
                    self.warm_up(desk, n)
                    email = f"p{n}@example.org"
                    answer, word = self.harmed(proxy, harm, n, lambda: faults.register(desk, email, number=f"X{n}"))
                    found = database.registered(email)
                    if word != "outcome_unknown":
                        self.assertEqual(found, 1 if word == "done" else 0, f"{word} at {proxy.harmed}")
                    return word

                words = self.each_message(proxy, harm, call)
                self.assertGreater(len(words), 5)
                if harm in (Harm.CUT, Harm.CUT_ANSWER):
                    self.assertIn("outcome_unknown", words, "of its last message, the commit")
                database.check(self)
                return words

        self.all_harms(work)

    def test_harm_and_the_same_call_again(self):
        """[STORE-3][HTTP-5]"""

        def work(harm):
            database = self.database(f"again_{harm.name.lower()}")
            with Proxy(self.server.port) as proxy, faults.opened(self.url(database, proxy, harm)) as opened:
                desk = opened.system("front-desk")

                def call(n):
                    email = f"p{n}@example.org"
                    first, word = self.harmed(proxy, harm, n, lambda: faults.register(desk, email, key=email))
                    again = self.done(lambda: faults.register(desk, email, key=email))
                    if first:
                        self.assertEqual(again, first)
                    self.assertEqual(faults.register(desk, email, key=email), again)
                    self.assertEqual(database.registered(email), 1)
                    return word

                words = self.each_message(proxy, harm, call)
                self.assertNotIn("outcome_unknown", words, "the key settles what became of the commit")
                database.check(self)
                return words

        self.all_harms(work)

    def test_harm_and_nobody_to_ask_afterwards(self):
        """[STORE-3][HTTP-5]"""

        def work(harm):
            database = self.database(f"nobody_{harm.name.lower()}")
            with Proxy(self.server.port) as proxy, faults.opened(self.url(database, proxy, harm, pool=1)) as opened:
                desk = opened.system("front-desk")

                def call(n):
                    self.warm_up(desk, n)
                    email = f"p{n}@example.org"
                    proxy.arm(harm, n, then_refuse=True)
                    register = lambda: faults.register(desk, email, key=email, number=f"X{n}")  # noqa: E731
                    word = self.attempt(register)[1]
                    proxy.disarm()
                    if word in ("unavailable", "busy"):
                        self.assertEqual(database.registered(email), 0, "an error that says that nothing was changed")
                    proxy.refuse(False)
                    self.done(register)
                    self.assertEqual(database.registered(email), 1)
                    return word

                words = self.each_message(proxy, harm, call)
                self.assertIn("outcome_unknown", words, "of its last message, the commit")
                return words

        self.all_harms(work, (Harm.CUT, Harm.CUT_ANSWER))

    def test_harm_while_connecting_and_reading(self):
        """[STORE-3]"""

        def work(harm):
            database = self.database(f"reading_{harm.name.lower()}")
            with Proxy(self.server.port) as proxy, faults.opened(self.url(database, proxy, harm, pool=1)) as opened:
                desk = opened.system("front-desk")
                number = faults.register(desk, "first@example.org").patient.number

                def call(n):
                    proxy.break_all()
                    return self.harmed(proxy, harm, n, lambda: desk.patients.get(patient=number))[1]

                return self.each_message(proxy, harm, call)

        self.all_harms(work)

    def test_harm_while_the_schema_is_made(self):
        """[STORE-2][STORE-3]"""
        step = max(1, 5 // faults.soak(1))  # of some fifty messages, each with a database of its own

        def work(harm):
            with Proxy(self.server.port) as proxy:

                def call(n):
                    database = self.database(f"opening_{harm.name.lower()}_{n}")
                    url = self.url(database, proxy, harm)
                    opened, word = self.harmed(proxy, harm, n, lambda: faults.opened(url))
                    # whatever was left half done, the next one completes
                    with opened or faults.opened(url) as opened:
                        faults.register(opened.system("front-desk"), "first@example.org")
                    return word

                return self.each_message(proxy, harm, call, step)

        self.all_harms(work, (Harm.CUT, Harm.CUT_ANSWER))

    def test_a_network_that_is_gone_and_comes_back(self):
        """[STORE-3]"""
        database = self.database("gone")
        with Proxy(self.server.port) as proxy, faults.opened(self.url(database, proxy, pool=2)) as opened:
            desk = opened.system("front-desk")
            faults.register(desk, "first@example.org")
            for gone, back in ((proxy.swallow, lambda: proxy.swallow(False)), (proxy.refuse, lambda: proxy.refuse(False))):
                gone()
                for _ in range(3):
                    word = self.attempt(lambda: faults.register(desk, "second@example.org"))[1]
                    self.assertEqual(word, "unavailable")
                back()
                until(lambda: self.attempt(lambda: desk.patients.search(q="odhiambo"))[0], "an answer", 5)
            faults.register(desk, "second@example.org")
            database.check(self)

    def test_a_connection_that_breaks_leaves_the_hosts_other_sockets_alone(self):
        """[STORE-3]"""
        database = self.database("others")
        ended = threading.Event()

        def open_sockets():
            """They get the numbers of those that were just closed."""
            for sockets in iter(socket.socketpair, None):
                with sockets[0] as one, sockets[1]:
                    one.setblocking(False)
                    for _ in range(20):
                        with contextlib.suppress(BlockingIOError):
                            self.assertNotEqual(one.recv(1), b"", "somebody else has shut it down")
                    if ended.is_set():
                        return

        with Proxy(self.server.port) as proxy, ThreadPoolExecutor() as pool:
            with faults.opened(self.url(database, proxy, Harm.CUT_ANSWER, pool=1)) as opened:
                desk = opened.system("front-desk")
                number = faults.register(desk, "first@example.org").patient.number
                others = [pool.submit(open_sockets) for _ in range(2)]
                for _ in range(faults.soak(200)):
                    self.done(lambda: desk.patients.get(patient=number))
                    self.harmed(proxy, Harm.CUT_ANSWER, 2, lambda: desk.patients.get(patient=number))
                ended.set()
                for other in others:
                    other.result()

    def test_of_several_hosts_the_first_that_answers_is_taken(self):
        """[STORE-3]"""
        database = self.database("hosts")
        with Proxy(self.server.port) as proxy:
            direct = self.server.url(database.name)
            hosts = f"@127.0.0.1:{proxy.port},127.0.0.1:{self.server.port}/"
            with faults.opened(direct.replace(f"@127.0.0.1:{self.server.port}/", hosts)) as opened:
                desk = opened.system("front-desk")
                faults.register(desk, "first@example.org")
                proxy.close()
                self.done(lambda: faults.register(desk, "second@example.org", key="second"))
        database.check(self)

    def test_a_server_that_is_restarted_and_killed(self):
        """[STORE-3]"""
        database = self.database("restarted")
        storage = faults.url_with(self.server.url(database.name), pool=4)
        faults.opened(storage).close()
        with Registrars([storage] * 2) as registrars:
            registrars.wait_for(50)
            for _ in range(faults.soak(1)):
                self.server.restart()
                registrars.wait_for(50)
                self.server.kill()
                self.server.start()
                registrars.wait_for(50)
            registrars.stop()
        print(f"  {len(registrars.answers)} answers, {registrars.codes()}", file=sys.stderr)
        self.assertEqual(registrars.unanswered(), set())
        self.assertLess(registrars.longest_call(), LONGEST)
        database.check_answers(self, registrars.answers)


class PostgreSQL(Connections):
    server_class = servers.PostgreSQL


class MariaDB(Connections):
    server_class = servers.MariaDB


del Connections  # no tests of its own

if __name__ == "__main__":
    reported.main("fault_connections_" + sys.argv[1].lower())
