"""A cluster of MariaDB nodes with Galera: what is committed on one is on all, and each may be written to."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from . import mariadb
from .ports import free_port
from .waiting import until

_LIBRARY = "/usr/lib/galera/libgalera_smm.so"


class GaleraNode(mariadb.MariaDB):
    """One of them. group_port, all_group_ports: its own and everybody's for the traffic of the group. expelled_after: seconds
    of silence after which the others go on without it."""

    _template = "galera"

    def __init__(self, supervisor, name, group_port, all_group_ports, settings, expelled_after):
        self.group_port = group_port
        self._cluster_address = "gcomm://" + ",".join(f"127.0.0.1:{port}" for port in all_group_ports)
        receive, transfer = free_port(), free_port()
        provider = {
            "gmcast.listen_addr": f"tcp://127.0.0.1:{group_port}",
            "ist.recv_addr": f"127.0.0.1:{receive}",
            "evs.suspect_timeout": f"PT{expelled_after}S",
            "evs.inactive_timeout": f"PT{3 * expelled_after}S",
        }
        super().__init__(
            supervisor,
            name,
            settings={
                "wsrep-on": "ON",
                "wsrep-provider": _LIBRARY,
                "wsrep-provider-options": ";".join(f"{key}={value}" for key, value in provider.items()),
                "wsrep-cluster-name": "clinic",
                "wsrep-node-name": name,
                "wsrep-node-address": f"127.0.0.1:{group_port}",
                "wsrep-sst-method": "rsync",
                "wsrep-sst-receive-address": f"127.0.0.1:{transfer}",
                "wsrep-slave-threads": 2,
                "binlog-format": "ROW",
                "innodb-autoinc-lock-mode": 2,
                "default-storage-engine": "InnoDB",
                **(settings or {}),
            },
            start=False,
        )

    def _initialise(self, data, password):
        """A cluster's state in the data: nodes that begin with a copy of it need not send it to each other."""
        super()._initialise(data, password)
        self.password = password
        self.start("--wsrep-cluster-address=gcomm://", data=data)
        self.stop()

    def found_cluster(self):
        """Starts as the first node."""
        self.start("--wsrep-cluster-address=gcomm://")

    def join(self, *more):
        self.start(f"--wsrep-cluster-address={self._cluster_address}", *more)

    def join_again(self):
        """After it was killed: with what it has, to be sent only what it has missed."""
        self.join(f"--wsrep-start-position={self._recovered_position()}")

    def _recovered_position(self):
        told = self._supervisor.run([*self._command(), f"--wsrep-cluster-address={self._cluster_address}", "--wsrep-recover"], self._user)
        return re.search(r"WSREP: Recovered position:\s*(\S+)", told)[1]

    def answers(self):
        """Whether it is in the cluster and takes work."""
        return self.process.status() is None and self.state("wsrep_ready") == "ON" and self.state("wsrep_local_state") == "4"

    def state(self, variable):
        """A status variable; empty if it does not answer."""
        told = self._client(f"SHOW GLOBAL STATUS LIKE '{variable}'", "mysql").stdout.split()
        return told[1] if len(told) == 2 else ""

    def caught_up(self):
        """Waits until it has applied what the cluster has committed."""
        self.rows("SET SESSION wsrep_sync_wait = 1; SELECT 1", "mysql")
        return self


class GaleraCluster:
    """Running nodes. expelled_after: as of GaleraNode; MariaDB's default is 5 seconds."""

    def __init__(self, supervisor, size=3, settings=None, expelled_after=5):
        ports = [free_port() for _ in range(size)]
        self.nodes = [GaleraNode(supervisor, f"galera-{i}", port, ports, settings, expelled_after) for i, port in enumerate(ports)]
        self.nodes[0].found_cluster()
        with ThreadPoolExecutor() as pool:
            list(pool.map(GaleraNode.join, self.nodes[1:]))
        self.wait_for_size(size)

    def restart(self, *nodes):
        """Killed ones, all at once: those that know each other from before make a majority again."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(GaleraNode.join_again, nodes))
        self.wait_for_size(len(self.nodes))

    def wait_for_size(self, size, seconds=60):
        def all_know():
            return all(node.state("wsrep_cluster_size") == str(size) for node in self.nodes if node.process.status() is None)

        until(all_know, f"a cluster of {size}", seconds)

    def url(self, database, *nodes, ports=None):
        """Of these nodes, in this order; of all if none is named."""
        first = (nodes or self.nodes)[0]
        ports = ports or [node.port for node in nodes or self.nodes]
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        return f"mysql://{mariadb.ACCOUNT}:{quote(first.password, safe='')}@{hosts}/{database}"
