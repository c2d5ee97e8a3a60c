"""Free loopback ports that stay free until a server takes them, and while it is restarted."""

import random
import socket

# Below those that the kernel gives to outgoing connections, one of which could sit on a port while its server is down.
_FIRST, _LAST = 20000, 32000

_reservations = []


def _reserved(port):
    """Whether no other test run has it: an abstract socket of that name is held until this process ends."""
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        mark.bind(f"\0clinic-test-port-{port}")
    except OSError:
        mark.close()
        return False
    _reservations.append(mark)
    return True


def _nobody_listens(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    for _ in range(1000):
        port = random.randrange(_FIRST, _LAST)
        if _nobody_listens(port) and _reserved(port):
            return port
    raise OSError(f"no free port between {_FIRST} and {_LAST}")
