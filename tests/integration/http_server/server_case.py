"""What the tests of the HTTP server share: starting one, asking it, and making what it works on."""

import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from cli_case import Legacy, age, png, sha256, snapshot  # noqa: E402,F401  (used by the tests)

PROGRAM = os.environ.get("MODELSTORE_SERVER", "")
CLI = os.environ.get("MODELSTORE_CLI", "")
SAMPLE = os.environ.get("MODELSTORE_SAMPLE", "")

# Beyond any test's own waiting, also under sanitizers.
PATIENCE = 120

TOKEN = "a-token-for-tests"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def multipart(parts, boundary="a-boundary"):
    """A form: (name, content) or (name, content, file name) each."""
    body = b""
    for name, content, *file_name in parts:
        disposition = f'form-data; name="{name}"' + "".join(f'; filename="{text}"' for text in file_name)
        content = content if isinstance(content, bytes) else content.encode()
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Answer:
    """A response that was read to its end."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Client:
    """Asks one server over a connection of its own."""

    def __init__(self, port, token=None):
        self.port = port
        self.token = token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def request(self, method, target, body=None, headers=None, token=True):
        sent = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        if token and self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        self.connection.request(method, target, body=body, headers=sent)
        return Answer(self.connection.getresponse())

    def get(self, target):
        answer = self.request("GET", target)
        assert answer.status == 200, (target, answer.status, answer.body)
        return answer.json()

    def post(self, target, body=None, status=None):
        answer = self.request("POST", target, body)
        assert answer.status in ([status] if status else [200, 202, 207]), (target, answer.status, answer.body)
        return answer.json()

    def upload(self, digest, picture, status=200):
        body, kind = multipart([("image", picture, "picture.png"), ("sha256", digest)])
        answer = self.request("POST", "/api/images/upload", body, {"Content-Type": kind})
        assert answer.status == status, (answer.status, answer.body)
        return answer.json()

    def close(self):
        self.connection.close()


class Server(Client):
    """A server process."""

    def __init__(self, program, data, *arguments, token=None):
        if token:
            arguments += ("--token", token)
        self.process = subprocess.Popen([program, "--data", data, "--listen", "127.0.0.1:0", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        self.line = self.process.stdout.readline().decode() if ready else ""
        match = re.match(r"listening on http://[^/]*:(\d+)(/\?token=(\S+))?$", self.line)
        if not match:
            self.process.kill()
            raise RuntimeError(self.line + self.process.communicate()[1].decode())
        super().__init__(int(match.group(1)), token or match.group(3))

    def client(self):
        return Client(self.port, self.token)

    def stop(self, number=signal.SIGTERM):
        """Ends it; returns the exit code and what it printed to stderr."""
        self.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors.decode()


class Case(unittest.TestCase):
    """A test with a folder of its own. Whatever server it starts has to end well and without a word."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="modelstore-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.path("store")
        self.models = self.path("models")
        os.makedirs(self.models)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, *arguments, token=TOKEN, data=None):
        server = Server(PROGRAM, data or self.data, "--models", self.models, *arguments, token=token)
        self.addCleanup(self.end, server)
        return server

    def end(self, server):
        if server.process.returncode is None:
            code, errors = server.stop()
            self.assertEqual((code, errors), (0, ""))

    def write(self, name, content=b"content"):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def write_model(self, name, content=None):
        """A file below the root of models, old enough for its hash to be remembered."""
        return age(self.write(os.path.join(self.models, name),
                              content if content is not None else b"model " + name.encode()))

    def add_model(self, server, name="loras/one.safetensors", content=None):
        """An active model; returns its digest."""
        path = self.write_model(name, content)
        server.post("/api/scan")
        answer = server.post("/api/models/sha256", {"path": path, "pending_status": "pending"})
        self.assertTrue(answer["migrated"], answer)
        return answer["sha256"]

    def add_legacy(self, name="legacy"):
        return Legacy(self.path(name))

    def failure(self, answer, status, code=None):
        """Checks that an answer is an error as they all are; returns its message."""
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        document = answer.json()
        self.assertLessEqual({"error", "code"}, set(document))
        self.assertNotIn("\n", document["error"])
        self.assertFalse(document["error"].endswith("."), document["error"])
        for word in ("SELECT ", "sqlite", ".db", self.data):
            self.assertNotIn(word, document["error"])
        if code:
            self.assertEqual(document["code"], code)
        return document["error"]

    def wait_for_job(self, server, number):
        deadline = time.monotonic() + PATIENCE
        while True:
            job = server.get(f"/api/jobs/{number}")
            if job["state"] != "running":
                return job
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.02)

    def wait_until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.05)

    def raw(self, server, data, timeout=PATIENCE):
        """Sends bytes on a connection of its own and returns all that comes back until the server closes it."""
        with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
            connection.sendall(data)
            return read_all(connection)

    def verify_is_clean(self, server):
        job = self.wait_for_job(server, server.post("/api/verify")["job"])
        self.assertEqual(job["result"]["problems"], [])


def read_all(connection):
    received = b""
    while True:
        try:
            piece = connection.recv(1 << 16)
        except ConnectionResetError:
            return received
        if not piece:
            return received
        received += piece


def main():
    unittest.main()
