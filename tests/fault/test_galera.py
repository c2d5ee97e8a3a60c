"""A MariaDB cluster of three nodes with Galera: races between nodes, nodes that are killed, and a lost majority.

Environment: CLINIC_LIBRARY, CLINIC_RACE_WORKER; PYTHONPATH names bindings/python, tests and tests/support.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import clinic
import faults
import reported
import servers
from race import codes, race
from registrars import Registrars
from servers.waiting import until

OPTIONS = {"network_timeout": 15000, "statement_timeout": 14000, "connect_timeout": 1, "pool": 8}
ONE_PERSON = {"first_name": "Amina", "last_name": "Odhiambo", "email": "amina@example.org", "create_portal_account": True}
EACH_ANOTHER = {**ONE_PERSON, "email": "p{i}@example.org", "national_id": "N{i}"}


class Galera(faults.Case):
    @classmethod
    def setUpClass(cls):
        supervisor = servers.Supervisor()
        cls.addClassCleanup(supervisor.close)
        cls.cluster = servers.GaleraCluster(supervisor)

    def database(self, name):
        """A new one, as the first node that runs sees it."""
        node = next(node for node in self.cluster.nodes if node.process.status() is None)
        node.make_database(name)
        for other in self.cluster.nodes:
            if other.process.status() is None:
                other.caught_up()  # so that they have the database
        return faults.Database(node, name)

    def storage(self, database, *nodes):
        """Of these nodes in this order, or of all."""
        return faults.url_with(self.cluster.url(database.name, *nodes), **OPTIONS)

    def on_two_nodes(self, database):
        """Four processes, of which two write to one node and two to another. They make the schema, too, all at once."""
        first, second, _ = self.cluster.nodes
        return [self.storage(database, first), self.storage(database, second)] * 2

    def test_one_email_at_two_nodes(self):
        """[STORE-4][STORE-2][PORTAL-4][MODEL-1]"""
        for number in range(faults.soak(5)):
            database = self.database(f"email_{number}")
            answers = race(self.on_two_nodes(database), [("patients.register", ONE_PERSON, "")])
            self.assertEqual(codes(answers), {"done": 1, "duplicate_email": 31})
            database.server.caught_up()
            self.assertEqual(database.rows("SELECT COUNT(*), COUNT(account_id) FROM patients"), [["1", "1"]])
            self.assertEqual(database.rows("SELECT COUNT(*) FROM users WHERE role = 'patient'"), [["1"]])
            database.check(self)

    def test_one_idempotency_key_at_two_nodes(self):
        """[STORE-4][HTTP-5]"""
        database = self.database("one_key")
        answers = race(self.on_two_nodes(database), [("patients.register", ONE_PERSON, "same")])
        self.assertEqual(codes(answers), {"done": 32})
        self.assertEqual(len({str(answer.told) for answer in answers}), 1)
        database.server.caught_up()
        self.assertEqual(database.rows("SELECT COUNT(*) FROM patients"), [["1"]])
        database.check(self)

    def test_different_people_at_two_nodes(self):
        """[STORE-4][NUM-2][PORTAL-4]"""
        database = self.database("people")
        storages = self.on_two_nodes(database)
        begun = time.monotonic()
        answers = race(storages, [("patients.register", EACH_ANOTHER, "")], calls=faults.soak(10))
        print(f"  {len(answers) / (time.monotonic() - begun):.0f} registrations a second at two nodes", file=sys.stderr)
        self.assertEqual(codes(answers), {"done": len(answers)})
        self.assertEqual(len({answer.told["patient"]["number"] for answer in answers}), len(answers))
        database.server.caught_up()
        self.assertEqual(database.rows("SELECT COUNT(*), COUNT(DISTINCT number) FROM patients"), [[str(len(answers))] * 2])
        database.check(self)

    def test_updates_at_two_nodes_lose_nothing(self):
        """[STORE-4][MODEL-9]"""
        database = self.database("updates")
        storages = self.on_two_nodes(database)
        with faults.opened(storages[0]) as opened:
            made = faults.register(opened.system("front-desk"), "amina@example.org").patient
        self.cluster.nodes[1].caught_up()
        answers = race(storages, [("patients.update", {"patient": made.number, "address": "Street {i}"}, "")], calls=2)
        self.assertEqual(codes(answers), {"done": len(answers)})
        versions = sorted(answer.told["version"] for answer in answers)
        self.assertEqual(versions, list(range(versions[0], versions[0] + len(answers))), "each saw the one before it")
        database.server.caught_up()
        database.check(self)

    def test_messages_sent_from_two_nodes_go_once(self):
        """[STORE-4][NOTE-1][NOTE-5]"""
        database = self.database("messages")
        policy = {"portal_address": "https://portal.example", "credential_delivery": "invitation"}
        all_messages = faults.soak(1000)
        sent = [], []
        opened = [
            self.context(
                faults.opened(
                    self.storage(database, node),
                    policy,
                    channels={"email": lambda message, of_node=of_node: of_node.append(message.id)},
                    dispatch_messages=False,
                )
            )
            for node, of_node in zip(self.cluster.nodes, sent)
        ]
        faults.register(opened[0].system("front-desk"), "amina@example.org")
        database.rows("UPDATE outbox_messages SET status = 'cancelled'")  # one that is real, with a secret, to be copied
        database.rows(
            "INSERT INTO outbox_messages (id, channel, message_template, locale, recipient, data, sealed_secret, status, "
            "attempts, due_at, patient_id, user_id, created_at, version) SELECT CONCAT('copy-', seq), channel, "
            "message_template, locale, recipient, data, sealed_secret, 'pending', 0, due_at, patient_id, user_id, created_at, "
            f"1 FROM outbox_messages, seq_1_to_{all_messages} WHERE status = 'cancelled'"
        )
        for node in self.cluster.nodes:
            node.caught_up()

        def dispatch(clinic):
            dispatcher = clinic.system("dispatcher").notifications
            while dispatcher.dispatch(limit=all_messages).waiting:
                pass

        begun = time.monotonic()
        with ThreadPoolExecutor() as pool:
            list(pool.map(dispatch, opened))
        rate = all_messages / (time.monotonic() - begun)
        print(f"  {rate:.0f} messages a second, {len(sent[0])} and {len(sent[1])} at two nodes", file=sys.stderr)
        self.assertEqual(len(sent[0]) + len(sent[1]), all_messages)
        self.assertEqual(len({*sent[0], *sent[1]}), all_messages)
        self.assertTrue(all(sent), "both nodes took part")
        database.server.caught_up()
        rest = "SELECT COUNT(*) FROM outbox_messages WHERE id LIKE 'copy-%' AND (status <> 'sent' OR sealed_secret IS NOT NULL)"
        self.assertEqual(database.rows(rest), [["0"]])

    def test_a_node_is_killed(self):
        """[STORE-4][STORE-3]"""
        database = self.database("killed")
        first, second, third = self.cluster.nodes
        # two processes at the node that will go, one at another
        storages = [self.storage(database, first, second, third)] * 2 + [self.storage(database, second, third, first)]
        with Registrars(storages) as registrars:
            registrars.wait_for(100)
            killed = time.monotonic()
            first.kill()
            registrars.wait_for(100)
            first.join_again()
            registrars.wait_for(50)
            registrars.stop()
        print(
            f"  {len(registrars.answers)} answers, errors {registrars.codes()}, "
            f"a pause of {registrars.pause_after(killed):.1f} s",
            file=sys.stderr,
        )
        self.assertEqual(registrars.unanswered(), set())
        self.assertLess(registrars.pause_after(killed), 15)
        for node in self.cluster.nodes:
            faults.Database(node.caught_up(), database.name).check_answers(self, registrars.answers)

    def test_the_majority_is_lost_and_comes_back(self):
        """[STORE-4][STORE-3]"""
        database = self.database("majority")
        first, second, third = self.cluster.nodes
        with faults.opened(self.storage(database)) as opened:
            desk = opened.system("front-desk")
            before = faults.register(desk, "before@example.org", key="before")
            first.kill()
            second.kill()
            until(lambda: third.state("wsrep_ready") == "OFF", "the last node to know that it is alone", 30)
            for _ in range(3):
                with self.assertRaises(clinic.Unavailable):
                    faults.register(desk, "after@example.org", key="after")
            with self.assertRaises(clinic.Unavailable):
                desk.patients.get(patient=before.patient.number)
            self.cluster.restart(first, second)
            faults.register(desk, "after@example.org", key="after")
            self.assertEqual(faults.register(desk, "before@example.org", key="before"), before)
        third.caught_up()
        self.assertEqual(faults.Database(third, database.name).registered("after@example.org"), 1)
        faults.Database(third, database.name).check(self)


if __name__ == "__main__":
    reported.main("fault_galera")
