"""Checks JSON against the part of JSON Schema that the API's OpenAPI document uses."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
SILENT = {"description", "default", "title", "x-ui", "examples", "$schema", "$id"}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Checker:
    """Findings of a value against a schema; an unknown keyword is one, too."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.findings = []

    def add(self, where, text):
        self.findings.append(f"{where or '/'}: {text}")

    def check(self, schema, value, where=""):
        if schema is True:
            return
        for keyword, wanted in schema.items():
            if keyword in SILENT or keyword in ("properties", "additionalProperties"):
                continue
            method = getattr(self, "check_" + keyword.replace("$", ""), None)
            if method:
                method(wanted, value, where)
            else:
                self.add(where, f"keyword '{keyword}' isn't known to this checker")
        if isinstance(value, dict):
            self.check_members(schema, value, where)

    def check_members(self, schema, value, where):
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for name, member in value.items():
            if name in known:
                self.check(known[name], member, f"{where}/{name}")
            elif others is False:
                self.add(where, f"'{name}' is not in the schema")
            else:
                self.check(others, member, f"{where}/{name}")

    def check_ref(self, wanted, value, where):
        self.check(self.schemas[wanted.rsplit("/", 1)[1]], value, where)

    def check_type(self, wanted, value, where):
        names = wanted if isinstance(wanted, list) else [wanted]
        if not any(is_type(value, name) for name in names):
            self.add(where, f"{value!r:.80} is not {' or '.join(names)}")

    def check_enum(self, wanted, value, where):
        if value not in wanted:
            self.add(where, f"{value!r:.80} is none of {wanted}")

    def check_const(self, wanted, value, where):
        if value != wanted:
            self.add(where, f"{value!r:.80} is not {wanted!r}")

    def check_required(self, wanted, value, where):
        for name in wanted:
            if isinstance(value, dict) and name not in value:
                self.add(where, f"'{name}' is missing")

    def check_items(self, wanted, value, where):
        for i, element in enumerate(value if isinstance(value, list) else []):
            self.check(wanted, element, f"{where}/{i}")

    def check_oneOf(self, wanted, value, where):  # pylint: disable=invalid-name
        matches = 0
        for schema in wanted:
            checker = Checker(self.schemas)
            checker.check(schema, value)
            matches += not checker.findings
        if matches != 1:
            self.add(where, f"{matches} of {len(wanted)} alternatives match")

    def check_pattern(self, wanted, value, where):
        if isinstance(value, str) and not re.search(wanted, value):
            self.add(where, f"{value!r:.80} doesn't match {wanted}")

    def check_format(self, wanted, value, where):
        if wanted == "date-time" and isinstance(value, str) and not TIME.match(value):
            self.add(where, f"{value!r:.80} is no time of RFC 3339")

    def check_minimum(self, wanted, value, where):
        if is_type(value, "number") and value < wanted:
            self.add(where, f"{value} is less than {wanted}")

    def check_maximum(self, wanted, value, where):
        if is_type(value, "number") and value > wanted:
            self.add(where, f"{value} is more than {wanted}")

    def check_size(self, value, where, at_least=0, at_most=None):
        if not at_least <= len(value) <= (len(value) if at_most is None else at_most):
            self.add(where, f"{len(value)} elements or characters")

    def check_minItems(self, wanted, value, where):  # pylint: disable=invalid-name
        if isinstance(value, list):
            self.check_size(value, where, at_least=wanted)

    def check_maxItems(self, wanted, value, where):  # pylint: disable=invalid-name
        if isinstance(value, list):
            self.check_size(value, where, at_most=wanted)

    def check_minLength(self, wanted, value, where):  # pylint: disable=invalid-name
        if isinstance(value, str):
            self.check_size(value, where, at_least=wanted)

    def check_maxLength(self, wanted, value, where):  # pylint: disable=invalid-name
        if isinstance(value, str):
            self.check_size(value, where, at_most=wanted)

    def check_minProperties(self, wanted, value, where):  # pylint: disable=invalid-name
        if isinstance(value, dict):
            self.check_size(value, where, at_least=wanted)

    def check_uniqueItems(self, wanted, value, where):  # pylint: disable=invalid-name
        if wanted and isinstance(value, list) and any(value.count(item) > 1 for item in value):
            self.add(where, "an element is there twice")


def check(document, schema, value):
    """What is wrong with a value by a schema of an OpenAPI document: a list of sentences."""
    checker = Checker(document["components"]["schemas"])
    checker.check(schema, value)
    return checker.findings


def check_headers(documented, headers):
    """What is wrong with a reply's headers, whose names are in small letters."""
    findings = []
    for name, about in documented.items():
        value = headers.get(name.lower())
        if value is None:
            if about.get("required"):
                findings.append(f"header {name} is missing")
        elif about["schema"]["type"] == "integer" and not value.isdigit():
            findings.append(f"header {name}: {value!r} is no integer")
    return findings


def check_reply(document, path, method, status, content_type, value, headers):
    """The same for a reply of an operation; a status or type that isn't documented is a finding."""
    responses = document["paths"][path][method]["responses"]
    if str(status) not in responses:
        return [f"status {status} is not documented: {', '.join(responses)}"]
    response = responses[str(status)]
    findings = check_headers(response.get("headers", {}), headers)
    content = response.get("content")
    if content is None:
        return findings + ([] if value is None else ["a body that isn't documented"])
    kind = content_type.split(";")[0]
    if kind not in content:
        return findings + [f"type {kind} is not documented: {', '.join(content)}"]
    return findings + check(document, content[kind].get("schema", True), value)
