"""A PostgreSQL primary is killed, its synchronous standby promoted: registrations go on there, and none is lost.

Environment: CLINIC_LIBRARY; PYTHONPATH names bindings/python, tests and tests/support.
"""

import sys
import time

import clinic
import faults
import reported
import servers
from registrars import Registrars
from servers.waiting import until

OPTIONS = {"network_timeout": 2000, "statement_timeout": 1500, "connect_timeout": 1, "pool": 8}


class FailOver(faults.Case):
    def test_registrations_go_on_at_the_promoted_standby(self):
        """[STORE-4][STORE-3]"""
        supervisor = self.context(servers.Supervisor())
        pair = servers.PostgreSQLPair(supervisor)
        pair.primary.make_database("clinic")
        storage = faults.url_with(pair.url("clinic"), **OPTIONS)
        faults.opened(storage).close()
        with Registrars([storage] * 2) as registrars:
            registrars.wait_for(faults.soak(100))
            killed = time.monotonic()
            pair.primary.kill()
            before = len(registrars.answers)
            pair.standby.promote()
            promoted = time.monotonic()
            registrars.wait_for(faults.soak(100))
            registrars.stop()
        pause = registrars.pause_after(killed)
        print(
            f"  {before} answers, then {len(registrars.answers) - before}; errors {registrars.codes()}; "
            f"promoted after {promoted - killed:.1f} s, a pause of {pause:.1f} s",
            file=sys.stderr,
        )
        self.assertEqual(registrars.unanswered(), set())
        self.assertLess(registrars.pause_after(promoted), 10)
        faults.Database(pair.standby, "clinic").check_answers(self, registrars.answers)

    def test_a_commit_that_no_standby_confirms(self):
        """[STORE-3][STORE-4]"""
        supervisor = self.context(servers.Supervisor())
        pair = servers.PostgreSQLPair(supervisor)
        pair.primary.make_database("clinic")
        storage = faults.url_with(pair.url("clinic"), **{**OPTIONS, "lock_timeout": 1000})
        with faults.opened(storage) as opened:
            desk = opened.system("front-desk")
            faults.register(desk, "first@example.org")
            pair.standby.kill()
            # with numbers of their own, as giving out one is a commit, too
            for number, key in (("X1", "with a key"), ("X2", None)):
                begun = time.monotonic()
                with self.assertRaises(clinic.OutcomeUnknown):
                    self.register(desk, number, key)
                self.assertLess(time.monotonic() - begun, 10)
            pair.standby.start()
            answer = until(lambda: self.answered(desk, "X1", "with a key"), "the registration to go through", 30)
            self.assertEqual(self.register(desk, "X1", "with a key"), answer)
        database = faults.Database(pair.primary, "clinic")
        self.assertEqual(database.rows("SELECT number FROM patients WHERE number LIKE 'X%' ORDER BY 1"), [["X1"], ["X2"]])
        database.check(self)

    def register(self, desk, number, key):
        return desk.patients.register(first_name="Amina", last_name="Odhiambo", number=number, idempotency_key=key)

    def answered(self, desk, number, key):
        try:
            return self.register(desk, number, key)
        except clinic.Error as error:
            self.assertIn(error.code, faults.REPEATABLE, faults.why(error))
            return None

    def test_a_standby_alone_takes_no_registration(self):
        """[STORE-3][STORE-4]"""
        supervisor = self.context(servers.Supervisor())
        pair = servers.PostgreSQLPair(supervisor)
        pair.primary.make_database("clinic")
        storage = faults.url_with(pair.url("clinic"), **OPTIONS)
        with faults.opened(storage) as opened:
            desk = opened.system("front-desk")
            faults.register(desk, "first@example.org", key="first")
            pair.primary.kill()
            for _ in range(2):
                with self.assertRaises(clinic.Unavailable):
                    faults.register(desk, "second@example.org", key="second")
            pair.standby.promote()
            faults.register(desk, "second@example.org", key="second")
        database = faults.Database(pair.standby, "clinic")
        self.assertEqual(database.registered("first@example.org"), 1)
        database.check(self)


if __name__ == "__main__":
    reported.main("fault_postgresql_failover")
