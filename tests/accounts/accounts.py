"""dagd user and dagd audit, as they are used: a real data folder, the program as a process.

usage: accounts.py DAGD
"""
import fcntl
import json
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

GOOD = "kT9#vq2Lw7zB"
PROGRAM = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else None


class Accounts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="dagd-accounts-")
        self.data = pathlib.Path(self.folder.name) / "data"

    def tearDown(self):
        self.folder.cleanup()

    def run_dagd(self, *words, code=0, given=""):
        done = subprocess.run([PROGRAM, *words, "--data", self.data], input=given, text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def add(self, name, role, *more, code=0, password=GOOD):
        return self.run_dagd("user", "add", name, "--role", role, "--password-stdin", *more,
                             code=code, given=password + "\n")

    def entries(self):
        lines = []
        for path in sorted((self.data / "audit").glob("*.jsonl")):
            lines += [json.loads(line) for line in path.read_text().splitlines()]
        return lines

    def test_a_life_of_users(self):
        self.add("ann", "admin")
        self.add("bob", "operator", "--scope", "trade_*", "--full-name", "Bob B")
        listed = self.run_dagd("user", "ls").stdout.splitlines()
        self.assertEqual([line.split()[:3] for line in listed],
                         [["ann", "admin", "*"], ["bob", "operator", "trade_*"]])
        self.run_dagd("user", "role", "bob", "--role", "viewer")
        self.run_dagd("user", "disable", "bob")
        self.assertIn("disabled", self.run_dagd("user", "ls").stdout)
        self.run_dagd("user", "enable", "bob")
        before = (self.data / "users.json").read_text()
        self.run_dagd("user", "passwd", "bob", "--password-stdin", given="another good sentence\n")
        self.assertNotEqual((self.data / "users.json").read_text(), before)
        self.run_dagd("user", "rm", "bob")
        self.assertEqual([entry["action"] for entry in self.entries()],
                         ["user.add", "user.add", "user.role", "user.disable", "user.enable",
                          "user.passwd", "user.rm"])
        self.assertEqual(self.entries()[1]["detail"], "role operator, scope trade_*")
        self.assertEqual(self.entries()[2]["detail"], "operator to viewer")
        self.assertIn("7 entries, whole", self.run_dagd("audit", "verify").stdout)

    def test_a_life_of_tokens(self):
        self.add("ann", "admin")
        self.add("bob", "operator", "--scope", "trade_*")
        made = self.run_dagd("token", "create", "bob", "--for", "a script", "--role", "viewer",
                             "--scope", "trade_a*", "--days", "7")
        secret = made.stdout.strip()
        self.assertRegex(secret, r"^dct_[A-Za-z0-9_-]{43}$")
        self.assertIn("role viewer, scope trade_a*", made.stderr)
        self.assertNotIn(secret, made.stderr)
        path = self.data / "tokens.json"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertNotIn(secret[4:], path.read_text())
        self.run_dagd("token", "create", "ann")
        listed = self.run_dagd("token", "ls").stdout.splitlines()
        self.assertEqual([line.split()[1:4] for line in listed],
                         [["bob", "viewer", "trade_a*"], ["ann", "admin", "*"]])
        self.assertIn("a script", listed[0])
        self.assertEqual(len(self.run_dagd("token", "ls", "bob").stdout.splitlines()), 1)
        self.run_dagd("token", "revoke", listed[1].split()[0])
        self.run_dagd("token", "revoke", listed[1].split()[0], code=1)
        self.assertIn("dagd user ls", self.run_dagd("token", "ls", "eve", code=1).stderr)
        entries = self.entries()
        self.assertEqual([entry["action"] for entry in entries[2:]],
                         ["token.create", "token.create", "token.revoke"])
        self.assertNotIn(secret, str(entries))
        self.run_dagd("user", "rm", "bob")
        self.assertEqual(self.run_dagd("token", "ls").stdout, "")

    def test_a_token_is_not_above_its_user(self):
        self.add("ann", "admin")
        self.add("bob", "operator", "--scope", "trade_*")
        self.run_dagd("token", "create", "bob", "--role", "admin", code=1)
        self.run_dagd("token", "create", "bob", "--scope", "fx_*", code=1)
        self.run_dagd("token", "create", "eve", code=1)
        self.run_dagd("token", "create", "bob", "--days", "366", code=2)
        self.run_dagd("token", "create", "bob", "--role", "king", code=2)
        self.run_dagd("token", "create", code=2)
        self.run_dagd("token", "dance", code=2)
        self.assertFalse((self.data / "tokens.json").exists())

    def test_files_are_nobody_elses_and_hold_no_password(self):
        self.add("ann", "admin")
        for path in [self.data / "users.json", *(self.data / "audit").iterdir()]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
            self.assertNotIn(GOOD, path.read_text())

    def test_what_is_refused_changes_nothing(self):
        self.add("ann", "admin")
        before = (self.data / "users.json").read_bytes()
        weak = self.add("bob", "viewer", code=1, password="Password1234")
        self.assertIn("easy to guess", weak.stderr)
        self.assertNotIn("Password1234", weak.stderr)
        self.add("ann", "viewer", code=1)
        self.add("bob", "king", code=2)
        self.add("bob", "viewer", "--scope", "a b", code=1)
        self.add("bob", "viewer", code=1, password="")
        self.assertIn("last admin", self.run_dagd("user", "rm", "ann", code=1).stderr)
        self.run_dagd("user", "disable", "ann", code=1)
        self.run_dagd("user", "role", "ann", "--role", "viewer", code=1)
        self.run_dagd("user", "passwd", "bob", "--password-stdin", code=1, given=GOOD)
        self.run_dagd("user", "dance", code=2)
        self.assertEqual((self.data / "users.json").read_bytes(), before)
        self.assertEqual(len(self.entries()), 1)

    def test_a_folder_in_use_is_only_looked_at(self):
        self.add("ann", "admin")
        with open(self.data / "LOCK", "r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("in use by", self.add("bob", "viewer", code=5).stderr)
            self.assertIn("ann", self.run_dagd("user", "ls").stdout)
            self.run_dagd("audit", "verify")

    def test_no_record_no_change(self):
        self.add("ann", "admin")
        before = (self.data / "users.json").read_bytes()
        for path in (self.data / "audit").iterdir():
            path.unlink()
        (self.data / "audit").rmdir()
        (self.data / "audit").symlink_to("/proc/sys")  # a folder where nothing can be made
        failed = self.add("bob", "viewer", code=6)
        self.assertIn("nothing was changed", failed.stderr)
        self.assertEqual((self.data / "users.json").read_bytes(), before)

    def test_users_of_the_original_are_taken(self):
        users = pathlib.Path(self.folder.name) / "users.json"
        users.write_text(json.dumps({
            "admin": {"password": "admin123", "full_name": "A", "roles": ["admin", "user"]},
            "user1": {"password": "user123", "role": "user"}}))
        said = self.run_dagd("user", "import", str(users)).stdout
        self.assertIn("admin: taken; the password is weak and must be changed", said)
        kept = json.loads((self.data / "users.json").read_text())["users"]
        self.assertEqual([(user["name"], user["role"], user["must_change"]) for user in kept],
                         [("admin", "admin", True), ("user1", "viewer", True)])
        self.assertNotIn("admin123", (self.data / "users.json").read_text())
        self.assertEqual(self.entries()[0]["detail"], "2 users from a users file")

    def test_a_changed_log_is_found(self):
        for name in ("ann", "bob", "cat"):
            self.add(name, "admin")
        path = next((self.data / "audit").iterdir())
        path.write_text(path.read_text().replace("user:bob", "user:eve"))
        found = self.run_dagd("audit", "verify", code=1)
        self.assertIn(f"{path.name}:2: ", found.stderr)

    def test_a_torn_log_is_repaired_and_says_so(self):
        self.add("ann", "admin")
        path = next((self.data / "audit").iterdir())
        with open(path, "a", encoding="ascii") as log:
            log.write('{"number":2,"ti')
        self.assertIn("unfinished", self.run_dagd("audit", "verify", code=1).stderr)
        self.add("bob", "viewer")
        self.run_dagd("audit", "verify")
        self.assertEqual([entry["action"] for entry in self.entries()],
                         ["user.add", "audit.repair", "user.add"])


unittest.main(verbosity=2)
