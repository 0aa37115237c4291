"""Keeps a copy of the events in the topics, and prints each step as a line of JSON."""

import json
import os
import signal
import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from kafka import KafkaConsumer

TOPICS = ["jimo.lifecycle", "jimo.engagement", "jimo.feedback"]
ERASED = "jimo-webhooks.jimer.erased"

# By event id: the jimer and the keys of its records. Records with the same id describe the same occurrence.
copies = {}
# Erased people, whose later deliveries are ignored.
erased = set()


def say(**line):
    print(json.dumps(line), flush=True)


def take(record):
    key = record.key.decode()
    if record.value is None:
        return forget(key)

    event = from_binary_event(KafkaMessage(dict(record.headers), record.key, record.value))
    jimer = jimer_of(event)
    if event.get_type() == ERASED:
        return erase(jimer)
    if jimer in erased:
        return

    event_id = event.get_id()
    if event_id in copies:
        # A redelivery, perhaps with a newer snapshot.
        copies[event_id][1].add(key)
        return
    copies[event_id] = (jimer, {key})
    time = event.get_time().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    say(kept=event_id, type=event.get_type(), source=event.get_source(), time=time, jimer=jimer)


def forget(key):
    """Handles a tombstone: the record with this key is removed. Its first 36 characters are the event id."""
    event_id = key[:36]
    _, keys = copies.get(event_id, (None, set()))
    if key not in keys:
        return
    keys.remove(key)
    if not keys:
        del copies[event_id]
        say(forgotten=event_id)


def erase(jimer):
    """The event is in every partition that can carry the person, so it arrives several times but is printed once."""
    for event_id in [each for each, (whose, _) in copies.items() if whose == jimer]:
        del copies[event_id]
    if jimer not in erased:
        say(erased=jimer)
    erased.add(jimer)


def jimer_of(event):
    """A uid is unique within its workspace, which is the end of the source."""
    jimer = event.get_data().get("jimer")
    uid = jimer.get("uid") if isinstance(jimer, dict) else None
    return f"{event.get_source().split('/')[-1]}/{uid.lower()}" if isinstance(uid, str) else None


def login():
    """`npm start` writes user and password into .data/system.json, under kafka.sasl."""
    user, password = (os.environ.get(f"KAFKA_SASL_{name}") for name in ("USERNAME", "PASSWORD"))
    return user and {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    } or {}


def main():
    consumer = KafkaConsumer(
        *TOPICS,
        bootstrap_servers=os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092").split(","),
        **login(),
        group_id=os.environ.get("GROUP_ID", "example-python"),
        auto_offset_reset="earliest",
        # The copy is in memory only, so this consumer commits no offsets and starts from the beginning.
        enable_auto_commit=False,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for record in consumer:
            try:
                take(record)
            except Exception as error:
                # Any client may write to the topic: a record that is not an event must not stop the partition.
                where = f"{record.topic}/{record.partition}@{record.offset}"
                print(f"{where} was left out: {error!r}", file=sys.stderr)
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
