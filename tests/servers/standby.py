"""A PostgreSQL primary and a synchronous standby, which has on its disk what the primary answers."""

from urllib.parse import quote

from .postgresql import ACCOUNT, PostgreSQL, program
from .waiting import until

_SENDS = {"wal_level": "replica", "max_wal_senders": 10, "synchronous_commit": "on"}


class _Standby(PostgreSQL):
    def __init__(self, supervisor, name, primary):
        self._prepare(supervisor, name, {**primary.settings, **_SENDS, "synchronous_standby_names": ""})
        self.password = primary.password
        source = f"host=127.0.0.1 port={primary.port} user={ACCOUNT} password={self.password} application_name={name}"
        supervisor.run(
            [program("pg_basebackup"), "--dbname", source, "--pgdata", self.data, "--checkpoint=fast", "--write-recovery-conf"],
            self._user,
        )
        self.start()

    def promote(self):
        """Makes it the primary, as whoever manages the fail-over does once the old one is surely gone."""
        self.rows("SELECT pg_promote()", "postgres")


class PostgreSQLPair:
    """Running servers: `primary`, `standby`."""

    def __init__(self, supervisor):
        self.primary = PostgreSQL(supervisor, "primary", settings={**_SENDS, "synchronous_standby_names": "standby"})
        self.standby = _Standby(supervisor, "standby", self.primary)
        until(self._synchronous, "the standby to be synchronous")

    def _synchronous(self):
        return self.primary.rows("SELECT sync_state FROM pg_stat_replication", "postgres") == [["sync"]]

    def url(self, database):
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://{ACCOUNT}:{quote(self.primary.password, safe='')}@{hosts}/{database}"
