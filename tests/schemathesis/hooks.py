"""Hooks of Schemathesis: who asks, what exists, and what is kept from it.

DAGD_SCHEMATHESIS holds, as JSON: `proxy`, the address to ask from, which the server trusts;
`tokens`, of admins that take turns, so that the limit of requests a second isn't met; `values`,
what exists, by its parameter in paths; `kept`, the users that the tokens belong to.
"""
import itertools
import json
import os
import zlib

import schemathesis
import urllib3.util.connection

SETTING = json.loads(os.environ["DAGD_SCHEMATHESIS"])
TOKENS = itertools.cycle(SETTING["tokens"])
NUMBERS = itertools.count(1)
CONNECT = urllib3.util.connection.create_connection


def connect_from_proxy(address, timeout, source_address=None, socket_options=None):
    return CONNECT(address, timeout, source_address or (SETTING["proxy"], 0), socket_options)


urllib3.util.connection.create_connection = connect_from_proxy


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
    # wrong credentials on purpose: an address that sends too many would be told to wait
    number = next(NUMBERS)
    case.headers = case.headers or {}
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
