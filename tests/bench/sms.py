"""How many SMS a second: the plugin with four connections, and a plain loop of Python's http.client with one, to the same local gateway.

    PYTHONPATH=tests/notifiers/sms python3 tests/bench/sms.py build/bench/lib/clinic/plugins/clinic_sms.so [MESSAGES]

Gateway, plugin and loop are processes of their own; each client sends the requests of Twilio. Printed are messages a second, what the
client's processor time was for each message, and by how much its memory grew at its peak while it sent.
"""

import base64
import http.client
import json
import multiprocessing
import pathlib
import resource
import selectors
import socket
import sys
import threading
import time
import urllib.parse

from notifier import OK, Notifier

TEXT = "Your appointment is on Monday at 10:30. Please call us if you cannot come."
ANSWER = json.dumps({"sid": "SM" + "0" * 32, "status": "queued", "num_segments": "1", "error_code": None, "uri": "/x" * 100}).encode()


def gateway(ready, counted):
    """Answers each request as soon as it is whole."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    answer = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
    waiting = selectors.DefaultSelector()
    waiting.register(listening, selectors.EVENT_READ)
    ready.send(listening.getsockname()[1])
    pieces = {}
    while True:
        for key, _ in waiting.select():
            if key.fileobj is listening:
                connection, _ = listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                waiting.register(connection, selectors.EVENT_READ)
                pieces[connection] = b""
                continue
            connection = key.fileobj
            received = connection.recv(65536)
            if not received:
                waiting.unregister(connection)
                connection.close()
                continue
            data = pieces[connection] + received
            head, end, body = data.partition(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            if end and len(body) >= int(head[at + 15 :].split(b"\r\n")[0]):
                counted.value += 1
                connection.sendall(answer)
                data = b""
            pieces[connection] = data


def by_plugin(port, messages, library):
    url = f"sms:twilio?account=AC1&token=secret&from=%2B15550001111&connections=4&url=http://127.0.0.1:{port}/Messages.json"
    with Notifier(library, url) as notifier:
        yield
        failed = []

        def send(first):
            for number in range(first, messages, 4):
                if notifier.submit(TEXT, id=str(number)).code != OK:
                    failed.append(number)

        threads = [threading.Thread(target=send, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed, failed


def by_loop(port, messages, _):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    headers = {
        "Authorization": "Basic " + base64.b64encode(b"AC1:secret").decode(),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    yield
    for _ in range(messages):
        body = urllib.parse.urlencode({"To": "+4915112345678", "From": "+15550001111", "Body": TEXT})
        connection.request("POST", "/Messages.json", body, headers)
        answer = connection.getresponse()
        assert answer.status == 201 and json.loads(answer.read())["sid"]


def _kilobytes_now():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise OSError("no VmRSS")


def measure(way, port, messages, library, told):
    run = way(port, messages, library)
    next(run)
    before, begun, used = _kilobytes_now(), time.monotonic(), time.process_time()
    for _ in run:
        pass
    seconds, used = time.monotonic() - begun, time.process_time() - used
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    told.send((messages / seconds, used / messages * 1e6, max(grown, 0)))


def main(library, messages):
    context = multiprocessing.get_context("spawn")  # no memory of this process
    told, ready = context.Pipe(False)
    counted = context.Value("i", 0)
    server = context.Process(target=gateway, args=(ready, counted), daemon=True)
    server.start()
    port = told.recv()
    for round_number in range(1, 4):
        for name, way in (("plugin", by_plugin), ("http.client", by_loop)):
            counted.value = 0
            receive, send = context.Pipe(False)
            client = context.Process(target=measure, args=(way, port, messages, library, send))
            client.start()
            rate, microseconds, grown = receive.recv()
            client.join()
            assert counted.value == messages, counted.value
            print(f"round {round_number}: {name:12} {rate:8.0f} messages/s  {microseconds:6.0f} CPU us/message  +{grown} KB", flush=True)
    server.terminate()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10000)
