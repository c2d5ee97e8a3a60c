"""The races of tests/concurrent, between processes whose connections are spread over two nodes of a Galera cluster.

python3 galera_races.py PROGRAM [CATCH2 ARGUMENTS…]. Environment: PYTHONPATH names tests.
"""

import os
import subprocess
import sys

from faults import url_with
from servers import GaleraCluster, Proxy, Supervisor

# A caller whose connections come to different nodes, one after the other, wants to see on each what it did on the other:
# whoever spreads connections like that sets this.
_SETTINGS = {"wsrep-sync-wait": 1}

# A node that the machine leaves without time for some seconds is slow here and not gone: what happens when one goes is
# the matter of test_galera.py.
_EXPELLED_AFTER = 60
_PATIENT = {"lock_timeout": 90000, "statement_timeout": 100000, "network_timeout": 110000}


def main(program, *arguments):
    with Supervisor() as supervisor:
        cluster = GaleraCluster(supervisor, settings=_SETTINGS, expelled_after=_EXPELLED_AFTER)
        first, second, _ = cluster.nodes
        with Proxy(first.port, second.port) as balancer:
            environment = {
                **os.environ,
                "CLINIC_TEST_BACKEND": "mysql",
                "CLINIC_TEST_MYSQL": url_with(first.url(port=balancer.port), **_PATIENT),
                # each commit is agreed upon by three nodes that share a machine
                "CLINIC_SOAK": str(0.1 * float(os.environ.get("CLINIC_SOAK") or 1)),
            }
            return subprocess.run([program, *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
