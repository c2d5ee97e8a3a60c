"""The races of tests/concurrent, between processes whose connections are spread over two nodes of a Galera cluster.

python3 galera_races.py PROGRAM [CATCH2 ARGUMENTS…]. Environment: PYTHONPATH names tests.
"""

import os
import subprocess
import sys

from servers import GaleraCluster, Proxy, Supervisor

# A caller whose connections come to different nodes, one after the other, wants to see on each what it did on the other:
# whoever spreads connections like that sets this.
_SETTINGS = {"wsrep-sync-wait": 1}


def main(program, *arguments):
    with Supervisor() as supervisor:
        cluster = GaleraCluster(supervisor, settings=_SETTINGS)
        first, second, _ = cluster.nodes
        with Proxy(first.port, second.port) as balancer:
            environment = {
                **os.environ,
                "CLINIC_TEST_BACKEND": "mysql",
                "CLINIC_TEST_MYSQL": first.url(port=balancer.port),
                # each commit is agreed upon by three nodes that share a machine
                "CLINIC_SOAK": str(0.1 * float(os.environ.get("CLINIC_SOAK") or 1)),
            }
            return subprocess.run([program, *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
