"""Kills the server in the middle of changes: each is there afterwards as a whole, or not at all.

usage: kill_changes.py DAGD [--kills N] [--seed N]

A round is one change (kinds take turns) and a SIGKILL at a random instant around it. What the
server shows after its restart must be what it showed before, or what the change makes of it; the
latter, if the change had been answered.
"""
import argparse
import json
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
import serving  # pylint: disable=wrong-import-position
from serving import Client, Serve, adder, wait_for  # pylint: disable=wrong-import-position


class Any:
    """Equals what its test accepts."""

    def __init__(self, test):
        self.test = test

    def __eq__(self, other):
        return self.test(other)


class Change:
    """A request, and what it makes of a view."""

    def __init__(self, method, path, body, after, **headers):
        self.request = (method, path, body)
        self.headers = headers
        self.after = after


class Patient(Client):
    """Waits where the server asks for it: a user has 50 requests a second."""

    def call(self, *arguments, **headers):
        while (reply := super().call(*arguments, **headers)).status == 429:
            time.sleep(int(reply.headers["retry-after"]))
        return reply


def look(api):
    """All that must survive, by name. Life-cycle states are the desired ones: what runs, runs."""
    view = {}
    for dag in api.get("/dags?limit=200").json["items"]:
        name = dag["name"]
        definition = api.get(f"/dags/{name}")
        view[f"definition {name}"] = definition.json
        view[f"revisions {name}"] = [item["revision"] for item in
                                     api.get(f"/dags/{name}/revisions").json["items"]]
        view[f"state {name}"] = api.get(f"/dags/{name}/state").json["state"]
        view[f"layout {name}"] = api.get(f"/dags/{name}/layout").json
    for user in api.get("/users").json["items"]:
        view[f"user {user['name']}"] = {key: user[key] for key in ("role", "scope", "is_disabled")}
    for token in api.get("/users/root/tokens").json["items"]:
        view[f"token {token['name']}"] = token["role"]
    return view


def without(view, *names):
    return {key: value for key, value in view.items() if key not in names}


def parts(name):
    return [f"{what} {name}" for what in ("definition", "revisions", "state", "layout")]


class Round:
    """Makes changes of each kind that fit what is there."""

    def __init__(self, serve, rng, number):
        self.api = Patient(serve.port, serve.secret)
        serve.clients.append(self.api)
        self.rng, self.number = rng, number
        self.before = look(self.api)
        self.name = f"d{number}"

    def etag(self, name):
        return self.api.get(f"/dags/{name}").etag

    def is_revised(self, name):
        old = self.before[f"revisions {name}"]
        return Any(lambda found: len(found) == len(old) + 1 and set(old) < set(found))

    def create(self):
        dag = adder(self.name, self.name)
        return Change("POST", "/dags", dag, self.before | {
            f"definition {self.name}": dag, f"revisions {self.name}": Any(lambda r: len(r) == 1),
            f"state {self.name}": "stopped", f"layout {self.name}": Any(lambda _: True)})

    def update(self):
        dag = adder("kept", "kept", {"max_depth": 1000 + self.number})
        return Change("PUT", "/dags/kept", dag,
                      self.before | {"definition kept": dag, "revisions kept":
                                     self.is_revised("kept")}, If_Match=self.etag("kept"))

    def rollback(self):
        revision = self.rng.choice(self.before["revisions kept"][1:])
        dag = json.loads(self.api.get(f"/dags/kept/revisions/{revision}").json["text"])
        return Change("POST", "/dags/kept/rollback", {"revision": int(revision)},
                      self.before | {"definition kept": dag,
                                     "revisions kept": self.is_revised("kept")},
                      If_Match=self.etag("kept"))

    def delete(self):
        name = f"victim{self.number}"
        assert self.api.post("/dags", adder(name, name)).status == 201
        self.before = look(self.api)
        return Change("DELETE", f"/dags/{name}", None, without(self.before, *parts(name)),
                      If_Match=self.etag(name))

    def clone(self):
        name = f"clone{self.number}"
        return Change("POST", "/dags/kept/clone", {"name": name}, self.before | {
            f"definition {name}": Any(lambda dag: dag["name"] == name and len(dag["nodes"]) == 3),
            f"revisions {name}": Any(lambda r: len(r) == 1),
            f"state {name}": Any(lambda state: state in ("stopped", "running")),
            f"layout {name}": Any(lambda _: True)})

    def desire(self):
        action, state = {"stopped": ("start", "running"), "running": ("suspend", "suspended"),
                         "suspended": self.rng.choice([("stop", "stopped"), ("resume", "running")]),
                         }[self.before["state life"]]
        return Change("POST", f"/dags/life/{action}", None, self.before | {"state life": state})

    def layout(self):
        places = {"add": [self.number, 2]}
        return Change("PUT", "/dags/kept/layout", places, self.before | {"layout kept": places})

    def add_user(self):
        name = f"user{self.number}"
        return Change("POST", "/users", {"name": name, "password": serving.PASSWORD,
                                         "role": "viewer"},
                      self.before | {f"user {name}": Any(lambda user: user["role"] == "viewer")})

    def change_user(self):
        old = self.before["user ann"]
        role = "viewer" if old["role"] == "operator" else "operator"
        return Change("PATCH", "/users/ann", {"role": role},
                      self.before | {"user ann": old | {"role": role}})

    def remove_user(self):
        name = f"leaver{self.number}"
        reply = self.api.post("/users", {"name": name, "password": serving.PASSWORD,
                                         "role": "viewer"})
        assert reply.status == 201, reply
        self.before = look(self.api)
        return Change("DELETE", f"/users/{name}", None, without(self.before, f"user {name}"))

    def remove_token(self):
        tokens = self.api.get("/users/root/tokens").json["items"]
        spare = [token for token in tokens if token["name"].startswith("spare")][0]
        return Change("DELETE", f"/users/root/tokens/{spare['id']}", None,
                      without(self.before, f"token {spare['name']}"))


KINDS = ["create", "update", "delete", "rollback", "clone", "desire", "layout", "add_user",
         "change_user", "remove_user", "remove_token"]


def prepare(serve, rounds):
    api = serve.admin
    for name in ("kept", "life"):
        assert api.post("/dags?start=1", adder(name, name)).status == 201
    for depth in (100, 200):
        reply = api.call("PUT", "/dags/kept", adder("kept", "kept", {"max_depth": depth}),
                         If_Match=api.get("/dags/kept").etag)
        assert reply.status == 200, reply
    assert api.post("/users", {"name": "ann", "password": serving.PASSWORD,
                               "role": "viewer"}).status == 201
    for number in range(rounds // len(KINDS) + 1):
        serve.token(f"spare{number}")


def kill_during(serve, change, delay_s):
    """Kills the server so long after the request was sent; what was answered, or None."""
    client = Client(serve.port, serve.secret)
    client.get("/me")  # the connection is there
    answers = []

    def send():
        try:
            answers.append(client.call(*change.request, **change.headers))
        except (OSError, ValueError, serving.http.client.HTTPException):
            pass  # it was killed before it could answer

    thread = threading.Thread(target=send)
    thread.start()
    time.sleep(delay_s)  # the instant is what the test is about
    serve.kill()
    thread.join()
    client.close()
    return answers[0] if answers else None


def play(serve, rng, number, kind):
    """True: the change is there."""
    this = Round(serve, rng, number)
    change = getattr(this, kind)()
    before = this.before
    longest_s = 0.25 if kind == "add_user" else 0.03  # a password takes time
    answer = kill_during(serve, change, rng.random() * longest_s)
    assert answer is None or answer.status < 300, (kind, answer)
    for client in serve.clients:
        client.close()
    serve.clients = []
    serve.start()
    api = Patient(serve.port, serve.secret)
    serve.clients.append(api)
    allowed = [change.after] if answer else [before, change.after]
    seen = {}

    def is_whole():
        nonlocal seen
        seen = look(api)
        return seen in allowed

    try:
        wait_for(is_whole, f"{kind}: as before or after")
    except AssertionError as problem:
        differing = {key: (before.get(key), seen.get(key)) for key in before.keys() | seen.keys()
                     if before.get(key) != seen.get(key)}
        raise AssertionError(f"{kind}, answered {answer}: {json.dumps(differing)[:2000]}") \
            from problem
    return seen == change.after


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dagd")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    serving.DAGD = options.dagd
    rng = random.Random(options.seed)
    done = dict.fromkeys(KINDS, 0)
    with Serve("--log-level", "error") as serve:
        prepare(serve, options.kills)
        for number in range(options.kills):
            kind = KINDS[number % len(KINDS)]
            done[kind] += play(serve, rng, number, kind)
        assert serve.stop() == 0
    print(f"{options.kills} kills, seed {options.seed}: all changes whole or not there; "
          f"there: {done}")
    return 0


sys.exit(main())
