"""A request for each operation of the REST API that it answers with 2xx: `FIXTURES`, by operation.

A fixture is a function of a `World` and a `Caller`; it makes what the request uses up and gives an
`Ask`. What stands in the path and isn't given is one of the world's values.
"""
import dataclasses
import itertools
import json
import pathlib
import re
import sys

import populated
import serving
from populated import DAG, LINES, PASSWORD, good
from serving import Serve, adder, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "publish"))
from receiver import Receiver  # noqa: E402  pylint: disable=wrong-import-position

FIXTURES = {}
# Operations that can't succeed here, with what they answer instead.
REFUSED = {"stepDown": (409, "not_clustered")}  # nobody to step down for: this server runs alone


def fixture(operation_id):
    def add(function):
        assert operation_id not in FIXTURES, operation_id
        FIXTURES[operation_id] = function
        return function
    return add


@dataclasses.dataclass
class Ask:
    """A request. `client`: of another login session, or another server; else the caller's own."""
    body: object = None
    query: str = ""
    path: dict = dataclasses.field(default_factory=dict)
    headers: dict = dataclasses.field(default_factory=dict)
    content_type: str = "application/json"
    client: object = None


@dataclasses.dataclass
class Caller:
    """Somebody with a role and, perhaps, a scope, by a token or a login session."""
    name: str
    role: str
    client: serving.Client
    password: str = PASSWORD


class Fresh(Serve):
    """A server that nobody has set up; `link` is the token of its link."""

    def set_up(self, token):
        self.link = token


class Patient(serving.Client):
    """Waits where the server asks for it, as a user has 50 requests a second, and a DAG that was
    just started may not take messages yet; and keeps no connection, as an address has 64."""

    def call(self, method, path, body=None, content_type="application/json", **headers):
        def ask():
            reply = super(Patient, self).call(method, path, body, content_type, **headers)
            self.close()
            return None if reply.status == 429 and reply.json["code"] in (
                "too_many_requests", "not_now") else reply
        return wait_for(ask, "room for another request")


class World(populated.Populated):
    """The server that all are asked of, and what fixtures need beside it."""

    def __init__(self):
        super().__init__()
        self.numbers = itertools.count(1)
        self.others = []
        self.user_signed_in = None
        self.receiver = Receiver()  # of what DAGs send by HTTP

    def start(self):
        if not self.secret:
            self.receiver.__enter__()
        return super().start()

    def client(self, token=None, **options):
        client = Patient(self.port, token, **options)
        self.clients.append(client)
        return client

    def name(self, kind=DAG):
        return f"{kind}_{next(self.numbers)}"

    def sign_in(self, name, password=PASSWORD):
        return self.signed_in(good(self.client().post("/login", {"name": name,
                                                                 "password": password})))

    def new_user(self, role="viewer", **more):
        name = self.name("user")
        good(self.admin.post("/users", {"name": name, "password": PASSWORD, "role": role, **more}))
        return name

    def new_dag(self):
        """One that nobody else looks at, stopped."""
        dag = populated.definition(self.name())
        good(self.admin.post("/dags", dag))
        return dag

    def running_dag(self):
        dag = self.new_dag()
        self.act(dag["name"], "start")
        return dag

    def act(self, name, action):
        return good(self.admin.post(f"/dags/{name}/{action}?wait_ms=20000")).json["state"]

    def other(self, server):
        self.others.append(server.start())
        return server

    def __exit__(self, *about):
        for other in self.others:
            other.__exit__(*about)
        super().__exit__(*about)
        self.receiver.__exit__(*about)


def plain(operation_id, **ask):
    FIXTURES[operation_id] = lambda world, caller: Ask(**ask)


for known in ("readMe", "listMyTokens", "listMyLoginSessions", "listDags", "readTotals", "readDag",
              "readDagDetails", "listRevisions", "readRevision", "readLayout", "readState",
              "readWhy", "listNodes", "readNode", "listNodeErrors", "readSeries", "readCycle",
              "listDeadLetters", "listComponents", "readComponent", "readDagSchema", "listUsers",
              "readUser", "listTokens", "readToken", "listAudit", "exportAudit", "readServer",
              "readConfig", "readLogLevels", "readCluster", "readOpenapi", "readHealth",
              "readReadiness", "readMetrics", "stepDown"):
    plain(known)
plain("readEvents", query=f"?topics=dags,dag:{DAG}")
plain("tapNode", query="?side=out&rate=100&max=1")
plain("putLogLevels", body={"level": "warning"})
plain("validateDag", body={"name": "x"})
plain("planDag", body=populated.definition(depth=3000))
plain("putLayout", body={"add": [3, 4]})
plain("stepDag", query="?subscriber=in", body={"a": 20, "b": 22})


# ---- signing in, and one's own account ----

@fixture("setUp")
def set_up(world, _):
    fresh = world.other(Fresh())
    return Ask({"token": fresh.link, "name": "first", "password": PASSWORD}, client=fresh.client())


@fixture("login")
def login(world, _):
    # without the caller's cookie: whoever signs in anew ends the login session it comes with
    return Ask({"name": world.new_user(), "password": PASSWORD}, client=world.client())


@fixture("logout")
def logout(world, caller):
    return Ask(client=world.sign_in(caller.name, caller.password))


@fixture("changeMyPassword")
def change_my_password(world, caller):
    name = world.new_user(caller.role)
    return Ask({"old_password": PASSWORD, "new_password": PASSWORD + " and more"},
               client=world.sign_in(name))


@fixture("createMyToken")
def create_my_token(world, caller):
    return Ask({"name": world.name("token"), "role": "viewer", "days": 1})


@fixture("revokeMyToken")
def revoke_my_token(world, caller):
    mine = caller.client if caller.role else world.admin
    name = world.name("token")
    good(mine.post("/me/tokens", {"name": name, "role": "viewer"}))
    return Ask(path={"id": next(token["id"] for token in
                                good(mine.get("/me/tokens?limit=500")).json["items"]
                                if token["name"] == name)})


@fixture("endMyLoginSession")
def end_my_login_session(world, caller):
    another = world.sign_in(caller.name, caller.password)
    return Ask(path={"id": next(one["id"] for one in
                                good(another.get("/me/login-sessions")).json["items"]
                                if one["is_current"])})


# ---- definitions ----

@fixture("createDag")
def create_dag(world, _):
    return Ask(populated.definition(world.name()))


@fixture("updateDag")
def update_dag(world, _):
    dag = world.running_dag()
    dag["subscribers"][0]["config"]["max_depth"] = 2000
    return Ask(dag, path={"dag": dag["name"]}, headers={"If-Match": '"1"'})


@fixture("deleteDag")
def delete_dag(world, _):
    return Ask(path={"dag": world.running_dag()["name"]}, headers={"If-Match": '"1"'})


@fixture("rollBackDag")
def roll_back_dag(world, _):
    dag = world.new_dag()
    name = dag["name"]
    dag["subscribers"][0]["config"]["max_depth"] = 2000
    reply = good(world.admin.call("PUT", f"/dags/{name}", dag, If_Match='"1"'))
    return Ask({"revision": 1}, path={"dag": name}, headers={"If-Match": reply.etag})


@fixture("cloneDag")
def clone_dag(world, _):
    return Ask({"name": world.name(), "start_time": "0900", "duration": "8h",
                "overrides": {"in.max_depth": 50}})


# ---- life ----

def of_a_dag(state, **ask):
    def give(world, _):
        dag = world.running_dag() if state != "stopped" else world.new_dag()
        if state == "suspended":
            assert world.act(dag["name"], "suspend") == "suspended"
        return Ask(path={"dag": dag["name"]}, query="?wait_ms=20000", **ask)
    return give


FIXTURES["startDag"] = of_a_dag("stopped")
FIXTURES["restartDag"] = of_a_dag("running")
FIXTURES["suspendDag"] = of_a_dag("running")
FIXTURES["resumeDag"] = of_a_dag("suspended")
FIXTURES["stopDag"] = of_a_dag("running", body={"drain": True, "timeout_ms": 5000})


@fixture("actOnDags")
def act_on_dags(world, _):
    return Ask({"action": "start", "names": [world.new_dag()["name"], world.new_dag()["name"]]})


@fixture("listRuns")
def list_runs(world, _):
    dag = adder(world.name(), "runs", start_time="0900", duration="8h")
    good(world.admin.post("/dags", dag))
    return Ask(path={"dag": dag["name"]}, query="?count=3")


# ---- state and messages ----

@fixture("clearNodeErrors")
def clear_node_errors(world, _):
    dag = world.running_dag()["name"]
    populated.add_dead_letters(world.admin, dag)
    return Ask(path={"dag": dag})


@fixture("publishMessages")
def publish_messages(world, _):
    return Ask('{"a":1,"b":2}\n{"a":3,"b":4}\n', content_type=LINES,
               headers={"Idempotency-Key": world.name("key")})


@fixture("discardDeadLetters")
def discard_dead_letters(world, _):
    dag = world.running_dag()["name"]
    return Ask(path={"dag": dag},
               query="?ids=" + ",".join(populated.add_dead_letters(world.admin, dag)))


@fixture("redriveDeadLetters")
def redrive_dead_letters(world, _):
    """Of what the other side refused, before somebody mended it."""
    name = world.name()
    world.create(populated.relay(name, world.receiver.url))
    world.receiver.refuses = lambda message: True
    good(world.admin.post(f"/dags/{name}/subscribers/in/messages", {"n": 1}))
    letters = wait_for(lambda: populated.letters_of(world.admin, name), "a dead letter")
    world.receiver.refuses = lambda message: False
    return Ask({"ids": [letters[0]["id"]]}, path={"dag": name})


# ---- users ----

@fixture("createUser")
def create_user(world, _):
    return Ask({"name": world.name("user"), "password": PASSWORD, "role": "operator",
                "scope": "trade_*", "full_name": "Somebody New"})


@fixture("updateUser")
def update_user(world, _):
    return Ask({"role": "operator", "scope": "trade_*"}, path={"user": world.new_user()})


@fixture("deleteUser")
def delete_user(world, _):
    return Ask(path={"user": world.new_user()})


@fixture("resetPassword")
def reset_password(world, _):
    return Ask({"password": PASSWORD + " again"}, path={"user": world.new_user()})


def of_a_user_with_a_token(is_one):
    def give(world, _):
        name = world.new_user()
        world.token("used", "viewer", by=world.sign_in(name))
        token = good(world.admin.get(f"/users/{name}/tokens")).json["items"][0]
        return Ask(path={"user": name, **({"id": token["id"]} if is_one else {})})
    return give


FIXTURES["revokeToken"] = of_a_user_with_a_token(True)
FIXTURES["revokeTokens"] = FIXTURES["endLoginSessions"] = of_a_user_with_a_token(False)


@fixture("listLoginSessions")
def sessions_of_the_same_user(world, _):
    if not world.user_signed_in:
        world.user_signed_in = world.new_user()
        world.sign_in(world.user_signed_in)
    return Ask(path={"user": world.user_signed_in})


# ---- the server ----

@fixture("drainServer")
def drain_server(world, _):
    fresh = world.other(Serve())
    return Ask(client=fresh.admin)


# ---- asking ----

class Operation:
    """One of the OpenAPI document's."""

    def __init__(self, path, method, about):
        self.path, self.method, self.about = path, method, about
        self.id, self.role = about["operationId"], about["x-role"]

    def url(self, values):
        return re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], self.path)

    def status(self):
        """What it answers when all is well."""
        return min(int(status) for status in self.about["responses"] if status.startswith("2"))

    def is_unsafe(self):
        return self.method != "get"


class Answer:
    """The reply to an `Ask`; of a stream only its head and first event."""

    def __init__(self, world, operation, caller, ask):
        client = ask.client or caller.client
        headers = {**client.headers, **ask.headers}
        body = ask.body
        if body is not None:
            headers["Content-Type"] = ask.content_type
            body = body if isinstance(body, str) else json.dumps(body)
        url = operation.url({**world.values, **ask.path}) + ask.query
        wait_for(lambda: self.send(client, operation.method.upper(), url, body, headers),
                 "room for another request")

    def send(self, client, method, url, body, headers):
        connection = client.connect()
        connection.request(method, url, body, headers)
        response = connection.getresponse()
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.type = self.headers.get("content-type", "")
        self.is_stream = self.type.startswith("text/event-stream")
        self.text = response.readline().decode() if self.is_stream else response.read().decode()
        response.close()
        connection.close()
        is_json = re.match(r"application/([a-z.]+\+)?json(;|$)", self.type)
        self.json = json.loads(self.text) if is_json else None
        self.code = self.json.get("code") if isinstance(self.json, dict) else None
        return self.code != "too_many_requests"

    def __repr__(self):
        return f"<{self.status} {self.text[:400]}>"
