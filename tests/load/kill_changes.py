"""Kills the server in the middle of changes: each is there afterwards as a whole, or not at all.

usage: kill_changes.py DAGD [--kills N] [--seed N]

A round is one change (kinds take turns) and a SIGKILL at a random instant around it. What the
server shows after its restart must be what it showed before, or what the change makes of it; the
latter, if the change had been answered. Where more can be asked (does the password work, has the
message arrived), it is.
"""
import argparse
import json
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "publish"))
# pylint: disable=wrong-import-position
import serving
from populated import relay
from receiver import Receiver
from serving import Client, Serve, adder, wait_for

LONG_S = 0.25  # a password takes time
OTHER_PASSWORD = serving.PASSWORD + " and more"


class Any:
    """Equals what its test accepts."""

    def __init__(self, test):
        self.test = test

    def __eq__(self, other):
        return self.test(other)


class Change:
    """A request, and what it makes of a view. `between`: views that are allowed, too, as long as it
    wasn't answered. `check(api, is_done, answer)`: whether the change is there must agree with
    more than the view. `token`: of who asks, in place of the first admin."""

    def __init__(self, method, path, body, after, *, between=(), check=None, token=None,
                 longest_s=0.03, **headers):
        self.request = (method, path, body)
        self.headers = headers
        self.after, self.between, self.check = after, list(between), check
        self.token, self.longest_s = token, longest_s


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
        for token in api.get(f"/users/{user['name']}/tokens?limit=500").json["items"]:
            view[f"token {token['name']}"] = token["role"]
    for dag in ("discards", "redrives"):
        view[f"letters {dag}"] = letters_of(api, dag)
    return view


def letters_of(api, dag):
    return sorted(letter["id"] for letter in api.get(f"/dags/{dag}/dead-letters").json["items"])


def without(view, *names):
    return {key: value for key, value in view.items() if key not in names}


def can_sign_in(api, name, password):
    reply = api.call("POST", "/login", {"name": name, "password": password})
    assert reply.status in (200, 401), reply
    return reply.status == 200


def parts(name):
    return [f"{what} {name}" for what in ("definition", "revisions", "state", "layout")]


class Served(Serve):
    """With the other side of what DAGs send."""

    def __init__(self, receiver):
        super().__init__("--log-level", "error")
        self.receiver = receiver


class Round:
    """Makes changes of each kind that fit what is there."""

    def __init__(self, serve, rng, number):
        self.serve = serve
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
        revisions = {number: json.loads(self.api.get(f"/dags/kept/revisions/{number}").json["text"])
                     for number in self.before["revisions kept"]}
        # what is the same as now makes no revision
        revision = self.rng.choice([number for number, dag in revisions.items()
                                    if dag != self.before["definition kept"]])
        dag = revisions[revision]
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
                      self.before | {f"user {name}": Any(lambda user: user["role"] == "viewer")},
                      longest_s=LONG_S)

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


    def disable_user(self):
        old = self.before["user bob"]
        return Change("PATCH", "/users/bob", {"is_disabled": not old["is_disabled"],
                                              "scope": f"s{self.number}_*"},
                      self.before | {"user bob": old | {"is_disabled": not old["is_disabled"],
                                                        "scope": f"s{self.number}_*"}})

    def new_user(self, kind):
        """With a token of its own; gives both."""
        name = f"{kind}{self.number}"
        reply = self.api.post("/users", {"name": name, "password": serving.PASSWORD,
                                         "role": "viewer"})
        assert reply.status == 201, reply
        browser = self.serve.signed_in(self.serve.client().post(
            "/login", {"name": name, "password": serving.PASSWORD}))
        tokens = [self.serve.token(f"{name}_{i}", "viewer", by=browser) for i in range(2)]
        self.before = look(self.api)
        return name, tokens[0]

    def password_of(self, name):
        """Exactly one of both works: the old one, or the new one when the change is there."""
        def check(_, is_done, answer):
            client = Client(self.serve.port)
            is_new = can_sign_in(client, name, OTHER_PASSWORD)
            assert can_sign_in(client, name, serving.PASSWORD) != is_new
            assert is_new or not answer, "it was answered, and is gone"
            client.close()
            return is_new
        return check

    def reset_password(self):
        name, _ = self.new_user("reset")
        return Change("PUT", f"/users/{name}/password", {"password": OTHER_PASSWORD}, self.before,
                      check=self.password_of(name), longest_s=LONG_S)

    def change_own_password(self):
        name, token = self.new_user("own")
        return Change("PUT", "/me/password", {"old_password": serving.PASSWORD,
                                              "new_password": OTHER_PASSWORD}, self.before,
                      check=self.password_of(name), token=token, longest_s=2 * LONG_S)

    def create_token(self):
        name = f"made{self.number}"

        def check(_, is_done, answer):
            if answer:
                client = Client(self.serve.port, answer.json["secret"])
                assert client.get("/me").status == 200, "a token that was shown works"
                client.close()
            return is_done
        return Change("POST", "/me/tokens", {"name": name, "role": "viewer"},
                      self.before | {f"token {name}": "viewer"}, check=check)

    def revoke_tokens(self):
        name, token = self.new_user("revoked")

        def check(_, is_done, answer):
            client = Client(self.serve.port, token)
            assert client.get("/me").status == (401 if is_done else 200)
            client.close()
            return is_done
        return Change("DELETE", f"/users/{name}/tokens", None,
                      without(self.before, f"token {name}_0", f"token {name}_1"), check=check)

    def act_on_many(self):
        names = [f"many{self.number}_{i}" for i in range(3)]
        for name in names:
            assert self.api.post("/dags", adder(name, name)).status == 201
        self.before = look(self.api)
        views = [self.before]
        for name in names:  # each is there as a whole, or gone
            views += [without(view, *parts(name)) for view in views]
        return Change("POST", "/dag-actions", {"action": "delete", "names": names}, views[-1],
                      between=views[1:-1])

    # ---- dead letters ----

    def refused(self, dag):
        """The DAG has dead letters, and the other side is mended."""
        self.serve.receiver.refuses = lambda message: True
        wait_for(lambda: self.api.post(f"/dags/{dag}/subscribers/in/messages",
                                       {"n": self.number}).status == 202, "the DAG to take it")
        wait_for(lambda: len(letters_of(self.api, dag)) > len(self.before[f"letters {dag}"]),
                 "a dead letter")
        self.serve.receiver.refuses = lambda message: False
        self.before = look(self.api)
        return {"ids": "all"}

    def discard(self):
        self.refused("discards")
        return Change("DELETE", "/dags/discards/dead-letters?ids=all", None,
                      self.before | {"letters discards": []})

    def redrive(self):
        def check(_, is_done, answer):
            arrived = {"n": self.number} in self.serve.receiver.accepted
            assert arrived or not is_done, "marked, and not delivered"
            return is_done
        return Change("POST", "/dags/redrives/dead-letters/redrive", self.refused("redrives"),
                      self.before | {"letters redrives": []}, check=check)


KINDS = ["create", "update", "delete", "rollback", "clone", "desire", "layout", "add_user",
         "change_user", "remove_user", "remove_token", "disable_user", "reset_password",
         "change_own_password", "create_token", "revoke_tokens", "act_on_many", "discard",
         "redrive", "set_up"]


def prepare(serve, rounds):
    api = serve.admin
    for name in ("kept", "life"):
        assert api.post("/dags?start=1", adder(name, name)).status == 201
    for depth in (100, 200):
        reply = api.call("PUT", "/dags/kept", adder("kept", "kept", {"max_depth": depth}),
                         If_Match=api.get("/dags/kept").etag)
        assert reply.status == 200, reply
    for name in ("discards", "redrives"):
        assert api.post("/dags?start=1", relay(name, serve.receiver.url)).status == 201
    for name in ("ann", "bob"):
        assert api.post("/users", {"name": name, "password": serving.PASSWORD,
                                   "role": "viewer"}).status == 201
    for number in range(rounds // len(KINDS) + 1):
        serve.token(f"spare{number}")


def kill_during(serve, change, delay_s):
    """Kills the server so long after the request was sent; what was answered, or None."""
    client = Client(serve.port, change.token or serve.secret)
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
    answer = kill_during(serve, change, rng.random() * change.longest_s)
    is_refused = answer is not None and answer.status == 429  # it came too soon behind the others
    assert answer is None or answer.status < 300 or is_refused, (kind, answer)
    for client in serve.clients:
        client.close()
    serve.clients = []
    serve.start()
    api = Patient(serve.port, serve.secret)
    serve.clients.append(api)
    if is_refused:
        allowed, answer = [before], None
    else:
        allowed = [change.after] if answer else [before, change.after, *change.between]
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
    is_done = seen == change.after
    return change.check(api, is_done, answer) if change.check else is_done


class Fresh(Serve):
    """One that nobody has set up. `link`: the token of its link; None when it prints none."""
    link = None

    def set_up(self, token):
        self.link = token


def play_set_up(rng):
    """The first admin is there, or the link is printed anew. True: it is there."""
    fresh = Fresh("--log-level", "error")
    fresh.secret = "none"  # what is no token is nobody's
    with fresh:
        change = Change("POST", "/setup", {"token": fresh.link, "name": "root",
                                           "password": serving.PASSWORD}, None)
        answer = kill_during(fresh, change, rng.random() * LONG_S)
        assert answer is None or answer.status == 201, answer
        fresh.link = None
        fresh.start()
        is_there = can_sign_in(fresh.client(), "root", serving.PASSWORD)
        assert is_there != bool(fresh.link) and (is_there or not answer), (is_there, answer)
    return is_there


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dagd")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    serving.DAGD = options.dagd
    rng = random.Random(options.seed)
    done = dict.fromkeys(KINDS, 0)
    with Receiver() as receiver, Served(receiver) as serve:
        prepare(serve, options.kills)
        for number in range(options.kills):
            kind = KINDS[number % len(KINDS)]
            done[kind] += play_set_up(rng) if kind == "set_up" else play(serve, rng, number, kind)
        assert serve.stop() == 0
    print(f"{options.kills} kills, seed {options.seed}: all changes whole or not there; "
          f"there: {done}")
    return 0


sys.exit(main())
