"""Hooks of Schemathesis: who asks, what exists, and what is kept from it.

DAGD_SCHEMATHESIS holds, as JSON: `tokens`, of admins that take turns, so that the limit of requests
a second isn't met; `values`, what exists, by its parameter in paths; `kept`, the users that the
tokens belong to.
"""
import itertools
import json
import os
import zlib

import schemathesis

SETTING = json.loads(os.environ["DAGD_SCHEMATHESIS"])
TOKENS = itertools.cycle(SETTING["tokens"])


@schemathesis.auth(refresh_interval=None)
class Admins:
    def get(self, case, context):  # pylint: disable=unused-argument
        return next(TOKENS)

    def set(self, case, data, context):  # pylint: disable=unused-argument
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def map_path_parameters(context, path_parameters):  # pylint: disable=unused-argument
    """Three of four texts become what exists: else hardly anything were found."""
    for name, known in SETTING["values"].items():
        if name in ("revision", "cycle"):
            continue  # numbers: a text there is wrong on purpose
        value = (path_parameters or {}).get(name)
        if isinstance(value, str) and zlib.crc32(value.encode("utf-8", "replace")) % 4:
            path_parameters[name] = known
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):  # pylint: disable=unused-argument
    """Nothing touches the users of the tokens, nor takes away the DAG that the others look at."""
    parameters = case.path_parameters or {}
    if parameters.get("user") in SETTING["kept"]:
        parameters["user"] = "nobody"
    if case.method == "DELETE" and case.path == "/api/v1/dags/{dag}":
        parameters["dag"] = "gone"
