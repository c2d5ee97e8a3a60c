#!/usr/bin/env python3
"""A Python program that sends the clinic's SMS itself, here to its standard output.

    export CLINIC_LIBRARY=build/release/lib/libclinic_c.so PYTHONPATH=bindings/python
    samples/messages/own_channel.py sqlite:clinic.db
"""

import sys

import clinic

POLICY = {"portal_address": "https://portal.clinic.example", "clinic_name": "Hillside", "credential_delivery": "message"}


def send(message: clinic.Message) -> str:
    if message.channel == "sms":
        print(message.recipient, message.text)
    return "id-1"  # what your gateway calls it; raise clinic.NotSent to be asked again


def main(storage: str) -> None:
    # dispatch_messages: by default the clinic sends in the background; this program says when
    with clinic.open(storage, channels={"sms": send}, policy=POLICY, dispatch_messages=False) as opened:
        desk = opened.system("front-desk")
        desk.patients.register(first_name="Jane", last_name="Smith", number="J-1", phone="+254 712 345678")
        desk.patients.create_account(patient="J-1")
        desk.notifications.dispatch()
        for message in desk.notifications.list().items:
            print(message.message_template, message.status, message.gateway_id)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite:clinic.db")
