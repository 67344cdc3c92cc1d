#!/usr/bin/env python3
"""Starting and stopping the server."""

import os
import signal
import socket
import subprocess

import server_case


class Test(server_case.Case):
    def run_program(self, *arguments):
        return subprocess.run([server_case.PROGRAM, *arguments], capture_output=True, text=True, check=False,
                              timeout=server_case.PATIENCE, stdin=subprocess.DEVNULL)

    def test_it_says_where_it_listens_and_stops_on_a_signal(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            server = self.start()
            self.assertEqual(server.line, f"listening on http://127.0.0.1:{server.port}\n")
            self.assertEqual(server.get("/api/health")["status"], "ok")
            self.assertEqual(server.stop(number), (0, ""))

    def test_it_listens_on_loopback_alone(self):
        server = self.start()
        with open(f"/proc/{server.process.pid}/net/tcp", encoding="ascii") as file:
            listening = [line.split()[1] for line in file if line.split()[3] == "0A"]
        self.assertIn(f"0100007F:{server.port:04X}", listening)
        self.assertNotIn(f"00000000:{server.port:04X}", listening)

    def test_one_store_has_one_server(self):
        server = self.start()
        other = self.run_program("--data", self.data, "--listen", "127.0.0.1:0")
        self.assertEqual(other.returncode, 2)
        self.assertIn("another server", other.stderr)
        server.stop()
        self.start()

    def test_wrong_usage_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            data = ["--data", self.data]
            for arguments in [[], ["--data"], data + ["--listen", "x"], data + ["--listen", "127.0.0.1"],
                              data + ["--listen", "127.0.0.1:x"], data + ["--listen", "127.0.0.1:70000"],
                              data + ["--listen", "256.0.0.1:0"], data + ["--listen", f"127.0.0.1:{port}"],
                              data + ["--models", self.path("absent")], data + ["--legacy", self.write("file")],
                              data + ["--www", self.path("absent")], data + ["--token", "a b"],
                              data + ["--token", "x", "--no-token"], data + ["--unknown"], ["--data", self.path("file")]]:
                done = self.run_program(*arguments)
                self.assertNotEqual(done.returncode, 0, arguments)
                self.assertGreater(done.returncode, 0, arguments)
                self.assertTrue(done.stderr + done.stdout, arguments)
                self.assertNotIn("listening", done.stdout)

    def test_what_was_acknowledged_outlives_the_server(self):
        server = self.start()
        digest = self.add_model(server)
        server.upload(digest, server_case.png())
        server.request("PATCH", f"/api/models/{digest}", {"name": "kept"})
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.process.communicate()
        server.close()
        again = self.start()
        model = again.get(f"/api/models/{digest}")
        self.assertEqual((model["name"], len(model["images"])), ("kept", 1))
        self.verify_is_clean(again)
        self.assertFalse([name for name in os.listdir(self.data) if "server" in name])


if __name__ == "__main__":
    server_case.main()
