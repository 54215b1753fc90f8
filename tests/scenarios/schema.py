"""What `dagd schema` writes: a JSON Schema under which the DAG files of this repository are valid.

usage: schema.py DAGD ROOT

The files are validated where Python's jsonschema is installed; without it, only what the schema
refers to is looked up, and that it knows their keys.
"""
import json
import pathlib
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None


def dag_files(root):
    return sorted([*root.glob("tests/dags/*.json"), *root.glob("examples/dags/*.json"),
                   root / "bench/reference_job.json"])


def references(value):
    """Every "$ref" below the value."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref":
                yield member
            else:
                yield from references(member)
    elif isinstance(value, list):
        for element in value:
            yield from references(element)


def leads_somewhere(schema, reference):
    place = schema
    for part in reference.removeprefix("#/").split("/"):
        if part not in place:
            return False
        place = place[part]
    return True


def unknown_keys(schema, dag):
    return [key for key in dag if key not in schema["properties"]
            and key != "comment" and not key.startswith("_")]


def findings_of(schema, dag):
    found = [f"the schema has no key '{key}'" for key in unknown_keys(schema, dag)]
    if jsonschema:
        found += [f"{error.json_path}: {error.message}" for error
                  in jsonschema.Draft202012Validator(schema).iter_errors(dag)]
    return found


def main(dagd, root):
    failed = 0
    number = 0

    def tell(about, findings):
        nonlocal failed, number
        number += 1
        failed += bool(findings)
        print(f"{'not ' if findings else ''}ok {number} - {about}")
        for finding in findings:
            print("# " + finding)

    files = dag_files(root)
    print(f"1..{len(files) + 2}")
    schema = json.loads(subprocess.run([dagd, "schema"], check=True, capture_output=True).stdout)
    tell("the schema is one of a DAG file",
         [] if schema.get("type") == "object" and "nodes" in schema.get("properties", {})
         else [str(schema)[:200]])
    tell("every reference leads somewhere",
         [reference for reference in references(schema) if not leads_somewhere(schema, reference)])
    for path in files:
        dag = json.loads(path.read_text(encoding="utf-8"))
        tell(f"{path.relative_to(root)} is valid", findings_of(schema, dag))
    return 1 if failed else 0


sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
