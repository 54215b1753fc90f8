"""A server with something of everything, so that every operation has something to answer with:
DAGs that run, with a journal, cycles, dead letters, errors of nodes and revisions; users and
tokens."""
import json

from serving import Serve, adder, wait_for

DAG = "trade_sum"
PASSWORD = "staple wagon river 42"
LINES = "application/x-ndjson"


def definition(name=DAG, depth=1000):
    """Adds what comes in, keeps a journal of it, and writes to a file."""
    dag = adder(name, name, {"max_depth": depth}, journal={"depth": "events"})
    dag["publishers"][0]["config"] = {"destination": f"file://{name}.jsonl"}
    return dag


def broken_lines(name="broken_lines"):
    """Reads a file with a line that is no message: a dead letter with its bytes."""
    dag = adder(name, name)
    dag["subscribers"][0]["config"] = {"source": f"file://{name}.in.jsonl"}
    return dag


def relay(name, url, **config):
    """Posts on what is posted to it; quick to try again."""
    return {
        "name": name,
        "subscribers": [{"name": "in", "config": {"source": f"http://{name}"}}],
        "publishers": [{"name": "out", "config": {"destination": url, "retry_min": 0.01,
                                                  "retry_max": 0.05, **config}}],
        "nodes": [{"name": "read", "type": "SubscriptionNode", "subscriber": "in"},
                  {"name": "send", "type": "PublicationNode", "publishers": ["out"]}],
        "edges": [{"from_node": "read", "to_node": "send"}],
    }


def good(reply, *statuses):
    assert reply.status in (statuses or (200, 201, 202, 204)), reply
    return reply


def letters_of(client, dag):
    return good(client.get(f"/dags/{dag}/dead-letters")).json["items"]


def add_dead_letters(client, dag=DAG, count=2):
    """Sums that pass what a number holds; gives the ids of all dead letters of the DAG."""
    wanted = len(letters_of(client, dag)) + count
    good(client.post(f"/dags/{dag}/subscribers/in/messages",
                     '{"a":1e308,"b":1e308}\n' * count, content_type=LINES))
    wait_for(lambda: len(letters_of(client, dag)) >= wanted, "dead letters")
    return [letter["id"] for letter in letters_of(client, dag)]


def add_user(client, name, role="viewer", scope=""):
    return good(client.post("/users", {"name": name, "password": PASSWORD, "role": role,
                                       "scope": scope}))


class Populated(Serve):
    """What stands in paths and bodies of requests: `values`."""

    def start(self):
        is_new = self.secret is None
        if is_new:
            (self.root / "files" / "broken_lines.in.jsonl").write_text(
                '{"a":1,"b":2}\n{"a":\n{"a":3,"b":4}\n')
        super().start()
        if is_new:
            self.fill()
        return self

    def create(self, dag):
        good(self.admin.post("/dags", dag))
        reply = good(self.admin.post(f"/dags/{dag['name']}/start?wait_ms=20000"))
        assert reply.json["state"] == "running", reply

    def fill(self):
        admin = self.admin
        self.create(definition())
        self.create(broken_lines())
        etag = admin.get(f"/dags/{DAG}").etag
        good(admin.call("PUT", f"/dags/{DAG}", definition(depth=2000), If_Match=etag))
        wait_for(lambda: admin.get(f"/dags/{DAG}/state").json["running_revision"] ==
                 admin.get(f"/dags/{DAG}/state").json["revision"], "the swap")
        good(admin.post(f"/dags/{DAG}/subscribers/in/messages",
                        "".join(json.dumps({"a": i, "b": 1}) + "\n" for i in range(20)),
                        content_type=LINES))
        letters = add_dead_letters(admin)
        wait_for(lambda: letters_of(admin, "broken_lines"), "a dead letter of a broken line")
        good(admin.call("PUT", f"/dags/{DAG}/layout", {"nodes": {"add": [10, 20]}}))
        add_user(admin, "maria")
        reply = good(self.client().post("/login", {"name": "maria", "password": PASSWORD}))
        self.token("laptop", "viewer", by=self.signed_in(reply))
        revisions = good(admin.get(f"/dags/{DAG}/revisions")).json["items"]
        self.values = {
            "dag": DAG, "node": "add", "subscriber": "in", "user": "maria",
            "kind": "calculator", "type": "AdditionCalculator",
            "id": admin.get("/users/maria/tokens").json["items"][0]["id"],
            "revision": revisions[-1]["revision"], "cycle": "1",
            "letter": letters[0],
        }
