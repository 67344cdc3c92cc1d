#!/usr/bin/env python3
"""Slow clients, long work and clients that go away delay and harm nobody."""

import fcntl
import os
import signal
import socket
import sqlite3
import threading
import time

import server_case
from server_case import TOKEN

# A file without content that takes minutes to hash and no room on the disk.
ENDLESS = 2 << 40


class Test(server_case.Case):
    def endless(self, name="endless.safetensors"):
        path = os.path.join(self.models, name)
        with open(path, "wb") as file:
            file.truncate(ENDLESS)
        return path

    def head(self, server, line, *headers):
        return "\r\n".join([line, f"Host: 127.0.0.1:{server.port}", f"Authorization: Bearer {TOKEN}",
                            "Content-Type: application/json", *headers, "", ""]).encode()

    def add_many(self, legacy, count):
        with sqlite3.connect(legacy.file) as connection:
            connection.executemany(
                "INSERT INTO models (path, name, type, size_bytes, hash_hex, created_at)"
                " VALUES (?, ?, 'loras', 7, ?, 1712000000000)",
                ((f"/gone/{number}", f"model {number}", f"{number + 1:064x}") for number in range(count)))

    def rename(self, server, digest, number):
        client = server.client()
        status = client.request("PATCH", f"/api/models/{digest}", {"name": f"name {number}"}).status
        client.close()
        return status

    def slowest(self, server, count=50):
        """Of so many requests of a client that does not dawdle, in seconds."""
        client = server.client()
        slowest = 0
        for _ in range(count):
            started = time.monotonic()
            client.get("/api/models")
            slowest = max(slowest, time.monotonic() - started)
        client.close()
        return slowest

    def test_64_slow_clients_delay_no_other(self):
        server = self.start("--timeout", "60")
        connections = []
        stop = threading.Event()

        def trickle():
            while not stop.is_set():
                for number, connection in enumerate(connections):
                    connection.sendall(b"X: y\r\n" if number % 2 else b" ")
                stop.wait(0.05)

        try:
            for number in range(64):
                connection = socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE)
                connections.append(connection)
                if number % 2:
                    connection.sendall(b"GET /api/models HTTP/1.1\r\n")
                else:
                    connection.sendall(self.head(server, "POST /api/tags_add HTTP/1.1", f"Content-Length: {20 << 20}"))
            thread = threading.Thread(target=trickle)
            thread.start()
            # Far less than any of the slow ones takes, and time enough for a machine that is busy itself.
            self.assertLess(self.slowest(server), 10)
            self.assertEqual(server.post("/api/tags_add", {"newtags": ["a"]})["tags"][0]["name"], "a")
        finally:
            stop.set()
            thread.join()
            for connection in connections:
                connection.close()

    def test_hashing_and_pictures_hold_up_nothing_else(self):
        server = self.start()
        digest = self.add_model(server)
        jobs = [server.post("/api/models/sha256?async=1", {"path": self.endless(name)})["job"]
                for name in ["a.safetensors", "b.safetensors"]]

        def upload_one():
            client = server.client()
            client.upload(digest, server_case.png(900, 900))
            client.close()

        uploads = [threading.Thread(target=upload_one) for _ in range(6)]
        for upload in uploads:
            upload.start()
        self.assertLess(self.slowest(server), 10)
        for upload in uploads:
            upload.join()
        self.assertEqual(server.get(f"/api/images/get_img_count?sha256={digest}")["count"], 6)
        for job in jobs:
            self.assertEqual(server.get(f"/api/jobs/{job}")["state"], "running")
            server.request("DELETE", f"/api/jobs/{job}")
            self.assertEqual(self.wait_for_job(server, job)["state"], "cancelled")
        self.verify_is_clean(server)

    def test_changes_that_wait_for_another_process_hold_up_nothing_else(self):
        server = self.start()
        digest = self.add_model(server)
        statuses = []
        changes = [threading.Thread(target=lambda number=number: statuses.append(self.rename(server, digest, number)))
                   for number in range(8)]
        with open(os.path.join(self.data, "modelstore.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for change in changes:
                change.start()
            time.sleep(0.5)
            self.slowest(server)
            job = server.post("/api/models/sha256?async=1", {"path": self.endless()})["job"]
            self.assertEqual(server.request("DELETE", f"/api/jobs/{job}").status, 200)
            self.assertEqual(self.wait_for_job(server, job)["state"], "cancelled")
            self.assertEqual(statuses, [])
        for change in changes:
            change.join()
        self.assertEqual(statuses, [200] * 8)

    def test_edits_come_in_between_the_batches_of_an_import(self):
        legacy = self.add_legacy()
        self.add_many(legacy, 40_000)
        server = self.start("--legacy", legacy.folder)
        digest = self.add_model(server)
        job = server.post("/api/migration/migrate_legacy_db?async=1", {"legacy_db_path": legacy.file})["job"]
        self.wait_until(lambda: server.get(f"/api/jobs/{job}")["progress"]["done"] > 0)
        edits = 0
        while server.get(f"/api/jobs/{job}")["state"] == "running":
            self.assertEqual(self.rename(server, digest, edits), 200)
            edits += 1
        self.assertGreater(edits, 1)
        self.assertEqual(server.get("/api/stats")["models"], 40_001)

    def test_whole_lists_hold_up_nothing_else(self):
        legacy = self.add_legacy()
        self.add_many(legacy, 20_000)
        server = self.start("--legacy", legacy.folder)
        server.post("/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.file})
        ended = []

        def list_all():
            client = server.client()
            ended.append(len(client.get("/api/models?type=loras")["models"]))
            client.close()

        lists = [threading.Thread(target=list_all) for _ in range(8)]
        for thread in lists:
            thread.start()
        time.sleep(0.2)
        server.get("/api/models")
        server.get("/api/tags")
        ended_before = len(ended)
        for thread in lists:
            thread.join()
        self.assertEqual(ended, [20_000] * 8)
        self.assertLess(ended_before, 6)

    def test_a_client_that_goes_away_in_the_middle_leaves_the_server_whole(self):
        server = self.start()
        path = self.endless()
        body = ('{"path": "%s"}' % path).encode()
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
                connection.sendall(self.head(server, "POST /api/models/sha256 HTTP/1.1", f"Content-Length: {len(body)}")
                                   + body)
                self.wait_until(lambda: any(self.reads(server, path)))
        for part in [b"GET /api/mod", self.head(server, "POST /api/tags_add HTTP/1.1", "Content-Length: 100") + b"{"]:
            with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
                connection.sendall(part)
        self.assertEqual(server.get("/api/health")["status"], "ok")
        # Ends although those hashes still run.
        started = time.monotonic()
        self.assertEqual(server.stop(), (0, ""))
        self.assertLess(time.monotonic() - started, 30)

    def reads(self, server, path):
        folder = f"/proc/{server.process.pid}/fd"
        for number in os.listdir(folder):
            try:
                yield os.readlink(os.path.join(folder, number)) == path
            except FileNotFoundError:
                pass

    def test_work_whose_client_has_gone_away_is_listed_and_can_be_cancelled(self):
        server = self.start()
        path = self.endless()
        body = ('{"path": "%s"}' % path).encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
            connection.sendall(self.head(server, "POST /api/models/sha256 HTTP/1.1", f"Content-Length: {len(body)}") + body)
            self.wait_until(lambda: server.get("/api/jobs")["jobs"])
        job, = server.get("/api/jobs")["jobs"]
        self.assertEqual((job["kind"], job["state"]), ("sha256", "running"))
        self.assertEqual(server.request("DELETE", f"/api/jobs/{job['id']}").status, 200)
        self.wait_until(lambda: not server.get("/api/jobs")["jobs"])
        self.wait_until(lambda: not any(self.reads(server, path)))
        self.failure(server.request("GET", f"/api/jobs/{job['id']}"), 404)

    def test_it_stops_while_requests_wait_for_their_answers(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            server = self.start()
            path = self.endless()
            digest = self.add_model(server, f"loras/{number}.safetensors")
            client = server.client()
            answers = []

            def ask(client=client, path=path, answers=answers):
                answers.append(client.request("POST", "/api/models/sha256", {"path": path}))

            def change(server=server, digest=digest, answers=answers):
                client = server.client()
                answers.append(client.request("PATCH", f"/api/models/{digest}", {"name": "x"}))

            threads = [threading.Thread(target=target) for target in [ask] + [change] * 6]
            with open(os.path.join(self.data, "modelstore.lock"), "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for thread in threads:
                    thread.start()
                server.post("/api/models/sha256?async=1", {"path": path})
                self.wait_until(lambda server=server: any(self.reads(server, path)))
                time.sleep(0.5)
                started = time.monotonic()
                self.assertEqual(server.stop(number), (0, ""))
                self.assertLess(time.monotonic() - started, 25)
                for thread in threads:
                    thread.join()
            self.assertEqual(len(answers), 7)
            for answer in answers:
                self.failure(answer, 503)
                self.assertEqual(answer.headers["Connection"], "close")

    def test_many_clients_at_once_agree_on_what_they_did(self):
        server = self.start()
        failures = []

        def work(worker):
            try:
                client = server.client()
                for number in range(10):
                    client.post("/api/tags_add", {"newtags": [f"tag {worker}.{number}", "shared"]})
                    client.get("/api/tags")
                client.close()
            except Exception as error:  # what is thrown in a thread fails no test by itself
                failures.append(error)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        names = [tag["name"] for tag in server.get("/api/tags")["tags"]]
        self.assertEqual(len(names), 81)
        self.assertEqual(len(set(names)), 81)


if __name__ == "__main__":
    server_case.main()
