"""Schemathesis against `dagd serve`: nothing that the OpenAPI document allows, or just not, ends in
a status of 5xx or in a reply that the document doesn't describe.

usage: check_api.py DAGD WORK_FOLDER

Schemathesis is installed from PyPI into a virtual environment in WORK_FOLDER, by the versions and
hashes of requirements.txt. Where that can't be reached the test is skipped (exit code 77), with
CI=true it fails.
"""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "serve"))
import populated  # noqa: E402
import serving  # noqa: E402

SKIPPED = 77
INSTALL_TIMEOUT_S = 240
RUN_TIMEOUT_S = 480
EXAMPLES = 20  # for each operation
ADMINS = 12
PROXY = "127.0.0.5"  # what comes from there may say whom it asks for
# what the others need, and streams, which don't end by themselves
LEFT_OUT = ("drainServer", "readEvents", "tapNode", "logout", "login", "setUp", "changeMyPassword",
            "revokeMyToken")
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
          "missing_required_header", "unsupported_method", "ignored_auth")


def install(folder):
    """The folder of programs, or None when PyPI can't be reached."""
    wanted = (HERE / "requirements.txt").read_text()
    programs, stamp = folder / "venv" / "bin", folder / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return programs
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder / "venv"], check=True,
                       timeout=INSTALL_TIMEOUT_S)
        subprocess.run([programs / "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--require-hashes", "--only-binary=:all:", "--no-deps",
                        "-r", HERE / "requirements.txt"], check=True, timeout=INSTALL_TIMEOUT_S)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"Schemathesis can't be installed: {error}")
        return None
    stamp.write_text(wanted)
    return programs


def admin_tokens(serve):
    """Users of their own, as each has so many requests a second; and their tokens."""
    names = [f"keeper{i}" for i in range(ADMINS)]
    for name in names:
        populated.add_user(serve.admin, name, "admin")
    signed_in = [serve.signed_in(serve.client().post(
        "/login", {"name": name, "password": populated.PASSWORD})) for name in names]
    return names, [serve.token("schemathesis", by=client) for client in signed_in]


def run(programs, folder):
    with populated.Populated("--proxy", PROXY) as serve:
        names, tokens = admin_tokens(serve)
        document = folder / "openapi.json"
        document.write_text(serve.admin.get("/openapi.json").text)
        serve.values.pop("letter")
        environment = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(HERE),
                           DAGD_SCHEMATHESIS=json.dumps({
                               "proxy": PROXY, "tokens": tokens, "values": serve.values,
                               "kept": ["root", *names]}))
        left_out = [word for name in LEFT_OUT for word in ("--exclude-operation-id", name)]
        code = subprocess.run(
            [programs / "schemathesis", "--config-file", HERE / "schemathesis.toml", "run",
             document, "--url", f"http://127.0.0.1:{serve.port}",
             "--no-color", "--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS),
             "--seed", "1", "--generation-deterministic", "--max-examples", str(EXAMPLES),
             "--request-timeout", "30", "--suppress-health-check", "all", "--warnings", "off",
             "--continue-on-failure", *left_out],
            cwd=folder, env=environment, timeout=RUN_TIMEOUT_S, check=False).returncode
        if serve.process.poll() is not None:
            print(f"the server has ended with {serve.process.returncode}")
            code = 1
        if code:
            print((serve.root / "log").read_text(errors="replace")[-4000:])
        return code


def main():
    serving.DAGD = sys.argv[1]
    folder = pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    programs = install(folder)
    if not programs:
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    return run(programs, folder)


if __name__ == "__main__":
    sys.exit(main())
