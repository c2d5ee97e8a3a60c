"""Throw-away servers for tests: PostgreSQL, MariaDB and Redis from a temporary folder, on free loopback ports.

    from servers import MariaDB, PostgreSQL, Supervisor

    with Supervisor() as supervisor:
        server = PostgreSQL(supervisor)
        print(server.url())

Whatever becomes of this process, the supervisor (a process of its own) ends the servers and removes the folder.
"""

from .galera import GaleraCluster
from .mariadb import MariaDB
from .postgresql import PostgreSQL
from .proxy import Proxy
from .redis import Redis
from .standby import PostgreSQLPair
from .supervised import Supervisor

__all__ = ["GaleraCluster", "MariaDB", "PostgreSQL", "PostgreSQLPair", "Proxy", "Redis", "Supervisor"]
