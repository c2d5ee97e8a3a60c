"""Mails a second through the plugin smtp, with four connections, and through Python's smtplib, with one that is used again: to smtp-sink
of Postfix, in one run.

    tests/bench/mail.py [--mails N] [--sink FILE] PLUGIN

PLUGIN is clinic_smtp.so of the release or bench preset. smtp-sink need not be installed: `apt-get download postfix && dpkg -x postfix_*.deb
DIR`, and --sink DIR/usr/sbin/smtp-sink. Each way is a process of its own, so that its peak of memory is its own.
"""

import argparse
import email.message
import json
import os
import pathlib
import resource
import smtplib
import socket
import subprocess
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "notifiers")]
from notifier_plugin import Code, Plugin  # noqa: E402
from servers.ports import free_port  # noqa: E402
from servers.waiting import until  # noqa: E402

TEXT = "Dear Zoë,\n\nyour appointment is tomorrow at ten.\n" + "Please bring what you were told to bring. " * 20
HTML = f"<p>{TEXT}</p>"


def by_plugin(file, port, mails, connections):
    with Plugin(file).opened(f"smtp://127.0.0.1:{port}?tls=none&from=Clinic%20<a@clinic.example>&connections={connections}") as notifier:

        def send(thread):
            for i in range(thread, mails, connections):
                answered = notifier.submit(id=f"m-{i}", recipient_name="Zoë Doe", subject="Größe", text=TEXT, html=HTML)
                assert answered.code == Code.OK, answered.words

        threads = [threading.Thread(target=send, args=(thread,)) for thread in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def by_smtplib(port, mails):
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for i in range(mails):
            mail = email.message.EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "Clinic <a@clinic.example>", "Zoë Doe <jane@example.com>", "Größe"
            mail["Message-ID"] = f"<m-{i}@clinic.example>"
            mail.set_content(TEXT)
            mail.add_alternative(HTML, subtype="html")
            connection.send_message(mail)


def measured(work, *arguments):
    begin = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF)
    work(*arguments)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.monotonic() - begin, "cpu": cpu, "peak": usage.ru_maxrss / 1024}


def in_own_process(work, *arguments):
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writer, json.dumps(measured(work, *arguments)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        os.waitpid(child, 0)
        return json.loads(answer.read())


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plugin", type=pathlib.Path)
    parser.add_argument("--mails", type=int, default=10000)
    parser.add_argument("--sink", default="smtp-sink")
    options = parser.parse_args()
    library = pathlib.Path(options.sink).parents[1] / "lib/postfix" if "/" in options.sink else ""
    for label, switches in (("", []), (", no pipelining", ["-p"])):
        port = free_port()
        account = ["-u", "nobody"] if os.geteuid() == 0 else []
        sink = subprocess.Popen(
            [options.sink, "-c", *switches, *account, f"127.0.0.1:{port}", "100"],
            env=os.environ | {"LD_LIBRARY_PATH": str(library)},
            stdout=subprocess.DEVNULL,
        )
        try:
            until(lambda: listens(port), "smtp-sink", 10)
            for way, work, *arguments in (
                ("smtplib, 1 connection", by_smtplib, port, options.mails),
                ("plugin, 1 connection", by_plugin, options.plugin, port, options.mails, 1),
                ("plugin, 4 connections", by_plugin, options.plugin, port, options.mails, 4),
            ):
                found = in_own_process(work, *arguments)
                speed = options.mails / found["seconds"]
                print(f"{way + label:<42} {speed:7.0f} mails/s  {found['cpu'] / options.mails * 1e6:5.0f} µs CPU each  {found['peak']:5.1f} MiB")
        finally:
            sink.terminate()
            sink.wait()


if __name__ == "__main__":
    main()
