"""Runs scenarios: each folder holds a DAG, its input, what is expected, and scenario.json.

usage: run.py DAGD [NAME...]

scenario.json: {
  "about":     one sentence on what holds
  "arguments": of dagd, run in a copy of the folder
  "exit":      the exit code; default 0
  "stdin":     a file of the folder; default: nothing
  "stdout":    a file of the folder that standard output must equal; default: empty
  "stdout_json": the JSON value that standard output must hold
  "stdout_contains", "stderr_contains", "stderr_lacks": texts
  "files":     {a file that is written: a file of the folder that it must equal}
  "json":      {a file that is written: the JSON value that it must hold}
  "steps":     [{"after": a text on standard output or error, then
                 "signal": name, or "append": {file: text}}]
}
Wherever a DAG's time stands in what is compared, "TIME" is expected.
"""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 60
TIME = re.compile(r'("time": ?)("[^"]*"|-?[0-9]+)')


class Output:
    """What a process writes, with somebody to wait for a text in it."""

    def __init__(self, changed):
        self.changed = changed
        self.data = b""
        self.closed = 0

    def follow(self, pipe):
        while chunk := pipe.read1(65536):
            with self.changed:
                self.data += chunk
                self.changed.notify_all()
        with self.changed:
            self.closed += 1
            self.changed.notify_all()


def text(data):
    return TIME.sub(r'\1"TIME"', data.decode("utf-8", "backslashreplace"))


def difference(what, expected, actual):
    if expected == actual:
        return []
    return [f"{what}: expected", *("  " + line for line in expected.splitlines()),
            f"{what}: actual", *("  " + line for line in actual.splitlines())]


def different_json(what, expected, actual):
    try:
        value = json.loads(actual)
    except ValueError as error:
        return [f"{what}: {error}"]
    return [] if value == expected else [f"{what}: expected {expected}, actual {value}"]


def do_step(step, folder, process, outputs, changed):
    """Waits for the step's text, then acts."""
    wanted = step["after"].encode()
    with changed:
        changed.wait_for(lambda: any(wanted in output.data for output in outputs)
                         or all(output.closed for output in outputs), TIMEOUT)
    if "signal" in step:
        process.send_signal(getattr(signal, "SIG" + step["signal"]))
    for name, content in step.get("append", {}).items():
        with open(folder / name, "a", encoding="utf-8") as file:
            file.write(content)


def run(dagd, scenario, folder):
    """The exit code, and what came on standard output and error."""
    source = open(folder / scenario["stdin"], "rb") if "stdin" in scenario else subprocess.DEVNULL
    changed = threading.Condition()
    outputs = [Output(changed), Output(changed)]
    process = subprocess.Popen([dagd, *scenario["arguments"]], cwd=folder, stdin=source,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    threads = [threading.Thread(target=output.follow, args=(pipe,))
               for output, pipe in zip(outputs, (process.stdout, process.stderr))]
    for thread in threads:
        thread.start()
    for step in scenario.get("steps", []):
        do_step(step, folder, process, outputs, changed)
    try:
        code = process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        code = f"none after {TIMEOUT} s"
    for thread in threads:
        thread.join()
    return code, outputs[0].data, outputs[1].data


def judge(scenario, folder, code, stdout, stderr):
    findings = []
    wanted = scenario.get("exit", 0)
    if code != wanted:
        findings.append(f"exit code: expected {wanted}, actual {code}")
    if "stdout" in scenario:
        findings += difference("standard output", text((folder / scenario["stdout"]).read_bytes()),
                               text(stdout))
    elif "stdout_json" in scenario:
        findings += different_json("standard output", scenario["stdout_json"], stdout)
    elif "stdout_contains" not in scenario:
        findings += difference("standard output", "", text(stdout))
    for key, data in (("stdout_contains", stdout), ("stderr_contains", stderr)):
        findings += [f"{key}: no {needle!r}" for needle in scenario.get(key, [])
                     if needle not in text(data)]
    findings += [f"stderr_lacks: {needle!r} is there" for needle in scenario.get("stderr_lacks", [])
                 if needle in text(stderr)]
    for name, expected in scenario.get("files", {}).items():
        path = folder / name
        actual = text(path.read_bytes()) if path.exists() else "(not there)"
        findings += difference(name, text((folder / expected).read_bytes()), actual)
    for name, expected in scenario.get("json", {}).items():
        path = folder / name
        findings += different_json(name, expected, path.read_bytes() if path.exists() else b"null")
    if findings:
        findings += ["standard error:", *("  " + line for line in text(stderr).splitlines())]
    return findings


def try_scenario(dagd, path):
    scenario = json.loads((path / "scenario.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="dagd_scenario_") as place:
        folder = pathlib.Path(place) / path.name
        shutil.copytree(path, folder)
        return scenario["about"], judge(scenario, folder, *run(dagd, scenario, folder))


def main(dagd, names):
    paths = sorted(path.parent for path in HERE.glob("*/scenario.json"))
    paths = [path for path in paths if not names or path.name in names]
    failed = 0
    print(f"1..{len(paths)}")
    for number, path in enumerate(paths, 1):
        about, findings = try_scenario(str(pathlib.Path(dagd).resolve()), path)
        print(f"{'not ' if findings else ''}ok {number} - {path.name}: {about}", flush=True)
        for finding in findings:
            print("# " + finding)
        failed += bool(findings)
    return 1 if failed or not paths else 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
