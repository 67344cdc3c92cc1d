#!/usr/bin/env python3
"""What a server bears: large, malformed and unfinished requests, and many connections."""

import socket
import time

import server_case
from server_case import TOKEN


class Test(server_case.Case):
    def head(self, server, line, *headers):
        return "\r\n".join([line, f"Host: 127.0.0.1:{server.port}", f"Authorization: Bearer {TOKEN}", *headers, "",
                            ""]).encode()

    def post(self, server, *headers):
        return self.head(server, "POST /api/tags_add HTTP/1.1", "Content-Type: application/json", *headers)

    def status_of(self, data):
        self.assertTrue(data.startswith(b"HTTP/1.1 "), data[:100])
        return int(data.split(b" ", 2)[1])

    def test_a_body_of_a_gigabyte_is_refused_before_it_is_read(self):
        server = self.start()
        data = self.raw(server, self.post(server, f"Content-Length: {1 << 30}") + b"x" * 100_000)
        self.assertEqual(self.status_of(data), 413)
        self.assertIn(b"LimitExceeded", data)
        self.assertIn(b"Connection: close", data)

    def test_a_client_that_keeps_sending_still_reads_the_answer(self):
        server = self.start()
        with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
            connection.sendall(self.post(server, f"Content-Length: {1 << 30}"))
            try:
                for _ in range(200):
                    connection.sendall(b"x" * 100_000)
            except OSError:
                pass
            self.assertEqual(self.status_of(server_case.read_all(connection)), 413)

    def test_a_chunked_body_is_bounded_too(self):
        server = self.start()
        for chunk in [b"100000\r\n" + b" " * 0x100000 + b"\r\n", b"40000000\r\n" + b" " * 100]:
            with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
                connection.sendall(self.post(server, "Transfer-Encoding: chunked"))
                try:
                    for _ in range(25):
                        connection.sendall(chunk)
                except OSError:
                    pass
                self.assertEqual(self.status_of(server_case.read_all(connection)), 413)

    def test_bodies_up_to_the_limit_are_read(self):
        server = self.start()
        body = b'{"newtags": ["a"], "x": "' + b"x" * ((20 << 20) - 27) + b'"}'
        self.assertEqual(len(body), 20 << 20)
        answer = server.request("POST", "/api/tags_add", body, {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body[:200])
        answer = server.request("POST", "/api/tags_add", body + b" ", {"Content-Type": "application/json"})
        self.failure(answer, 413, "LimitExceeded")

    def test_a_request_that_only_reads_has_no_body(self):
        server = self.start()
        for method in ["GET", "HEAD", "OPTIONS"]:
            for header, body in [("Content-Length: 20971520", b"x"), ("Content-Length: 2", b"{}"),
                                 ("Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n")]:
                data = self.raw(server, self.head(server, f"{method} /api/health HTTP/1.1", header) + body)
                self.assertEqual((self.status_of(data), data.count(b"HTTP/1.1 ")), (400, 1), (method, header))
        data = self.raw(server, self.head(server, "GET /api/health HTTP/1.1", "Content-Length: 0", "Connection: close"))
        self.assertEqual(self.status_of(data), 200)

    def test_a_chunked_body_is_put_together(self):
        server = self.start()
        data = self.raw(server, self.post(server, "Transfer-Encoding: chunked", "Connection: close") +
                        b'5\r\n{"new\r\nd;x=y\r\ntags": ["ab"]\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n')
        self.assertEqual(self.status_of(data), 200, data)
        self.assertIn(b'"name":"ab"', data)

    def test_a_length_and_chunks_together_are_refused(self):
        server = self.start()
        for headers in [["Content-Length: 2", "Transfer-Encoding: chunked"],
                        ["Transfer-Encoding: chunked", "Content-Length: 2"], ["Content-Length: 2", "Content-Length: 3"],
                        ["Content-Length: -1"], ["Content-Length: 2x"], ["Content-Length: 99999999999999999999999"]]:
            data = self.raw(server, self.post(server, *headers) + b"{}")
            self.assertIn(self.status_of(data), [400, 413], headers)
            self.assertEqual(data.count(b"HTTP/1.1"), 1)

    def test_an_encoding_that_hides_the_end_of_a_request_is_refused(self):
        server = self.start()
        second = self.head(server, "GET /api/health HTTP/1.1", "Connection: close")
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(second), second)
        for encoding in ["gzip", "xchunked", "identity", "chunked, gzip", "gzip, chunked", "chunked, chunked", "",
                         "chunked\r\nTransfer-Encoding: gzip", "gzip\r\nTransfer-Encoding: chunked"]:
            for body in [second, chunked]:
                data = self.raw(server, self.post(server, f"Transfer-Encoding: {encoding}") + body)
                self.assertEqual((self.status_of(data), data.count(b"HTTP/1.1 ")), (400, 1), encoding)
        old = self.post(server, "Transfer-Encoding: chunked", "Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0")
        data = self.raw(server, old + chunked)
        self.assertEqual((self.status_of(data), data.count(b"HTTP/1.1 ")), (400, 1))

    def test_what_is_no_http_is_refused(self):
        server = self.start()
        host = f"Host: 127.0.0.1:{server.port}\r\n".encode()
        for data in [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, b"GET\r\n\r\n", b"GET / HTTP/3.0\r\n" + host + b"\r\n",
                     b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"GET / HTTP/1.1\r\n" + host + b"A: b\r\n c\0d\r\n\r\n",
                     b"GET  / HTTP/1.1\r\n" + host + b"\r\n"]:
            received = self.raw(server, data)
            if received:
                self.assertEqual(self.status_of(received), 400, data[:60])
        self.assertEqual(server.get("/api/health")["status"], "ok")

    def test_headers_are_bounded(self):
        server = self.start()
        few = self.head(server, "GET /api/health HTTP/1.1", "X: " + "x" * 15_000, "Connection: close")
        self.assertEqual(self.status_of(self.raw(server, few)), 200)
        for headers in [["X: " + "x" * 17_000], [f"X{number}: y" for number in range(3000)], ["X" * 100_000 + ": y"]]:
            self.assertEqual(self.status_of(self.raw(server, self.head(server, "GET /api/health HTTP/1.1", *headers))), 431)
        long_target = self.head(server, "GET /" + "x" * 20_000 + " HTTP/1.1")
        self.assertEqual(self.status_of(self.raw(server, long_target)), 431)

    def test_requests_in_a_row_are_answered_in_order(self):
        server = self.start()
        requests = b"".join(self.head(server, f"GET /api/{name} HTTP/1.1") for name in
                            ["health", "models", "absent", "tags"] * 10)
        requests += self.post(server, "Content-Length: 16") + b'{"newtags":["a"]}'[:16]
        data = self.raw(server, requests + self.head(server, "GET /api/health HTTP/1.1", "Connection: close"))
        statuses = [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual(statuses, [200, 200, 404, 200] * 10 + [400, 200])

    def test_head_is_get_without_the_body(self):
        server = self.start()
        whole = server.request("GET", "/api/health")
        head = server.request("HEAD", "/api/health")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(whole.body)))
        self.assertEqual(server.request("HEAD", "/api/absent").status, 404)
        data = self.raw(server, self.head(server, "HEAD /api/health HTTP/1.1", "Connection: close"))
        self.assertTrue(data.endswith(b"\r\n\r\n"))

    def test_other_methods_are_told_which_there_are(self):
        server = self.start()
        for method in ["POST", "TRACE", "CONNECT", "PROPFIND", "ODD", "get"]:
            answer = self.raw(server, self.head(server, f"{method} /api/health HTTP/1.1", "Connection: close"))
            self.assertEqual(self.status_of(answer), 405, method)
            self.assertIn(b"Allow: GET, HEAD", answer)
        answer = server.request("GET", "/api/tags_add")
        self.failure(answer, 405)
        self.assertIn("POST", answer.headers["Allow"])
        answer = server.request("OPTIONS", "/api/tags/1")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertIn("PATCH", answer.headers["Allow"])

    def test_the_client_is_told_to_go_on_only_where_its_body_is_wanted(self):
        server = self.start()
        with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
            connection.sendall(self.post(server, "Content-Length: 16", "Expect: 100-continue", "Connection: close"))
            self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b'{"newtags":["a"]}'[:16])
            self.assertEqual(self.status_of(server_case.read_all(connection)), 400)
        head = self.post(server, "Content-Length: 16", "Expect: 100-continue").replace(TOKEN.encode(), b"wrong")
        self.assertEqual(self.status_of(self.raw(server, head)), 401)

    def test_connections_stay_open_until_one_side_has_enough(self):
        server = self.start()
        with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
            for _ in range(3):
                connection.sendall(self.head(server, "GET /api/health HTTP/1.1"))
                self.assertEqual(self.status_of(connection.recv(10_000)), 200)
            connection.sendall(b"GET /api/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
            self.assertEqual(self.status_of(server_case.read_all(connection)), 200)

    def test_more_than_256_connections_are_refused_and_harm_nobody(self):
        server = self.start()
        connections = []
        try:
            for _ in range(256):
                connections.append(socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE))
            # All of them are taken in before any further one.
            for connection in connections:
                connection.sendall(self.head(server, "GET /api/health HTTP/1.1"))
                self.assertEqual(self.status_of(connection.recv(10_000)), 200)
            for _ in range(44):
                data = self.raw(server, self.head(server, "GET /api/health HTTP/1.1"))
                if data:
                    self.assertEqual(self.status_of(data), 503)
                    self.assertIn(b"Retry-After: 1", data)
            connections[0].sendall(self.head(server, "GET /api/health HTTP/1.1"))
            self.assertEqual(self.status_of(connections[0].recv(10_000)), 200)
        finally:
            for connection in connections:
                connection.close()

        def accepted():
            data = self.raw(server, self.head(server, "GET /api/health HTTP/1.1", "Connection: close"))
            return data.startswith(b"HTTP/1.1 200")

        self.wait_until(accepted)

    def test_a_client_that_does_not_go_on_is_let_go(self):
        server = self.start("--timeout", "0.3")
        for begun in [b"", b"GET /api/health HTTP/1.1\r\nHost: loc", self.post(server, "Content-Length: 10") + b"{"]:
            started = time.monotonic()
            data = self.raw(server, begun)
            self.assertIn(data, [b""], begun)
            self.assertLess(time.monotonic() - started, 60)

    def test_a_client_that_trickles_is_let_go(self):
        server = self.start("--timeout", "0.5")
        with socket.create_connection(("127.0.0.1", server.port), timeout=server_case.PATIENCE) as connection:
            connection.sendall(b"GET /api/health HTTP/1.1\r\n")
            deadline = time.monotonic() + 60
            try:
                while time.monotonic() < deadline:
                    connection.sendall(b"X: y\r\n")
                    time.sleep(0.1)
                self.fail("the server waits for ever")
            except OSError:
                pass

    def test_a_client_that_does_not_read_is_let_go(self):
        server = self.start("--timeout", "0.2")
        digest = self.add_model(server)
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(server_case.PATIENCE)
            connection.connect(("127.0.0.1", server.port))
            # More answers than the system keeps for a client.
            request = self.head(server, f"GET /api/models/{digest} HTTP/1.1")
            connection.sendall(request * 20_000)

            def is_let_go():
                try:
                    connection.send(request)
                    return False
                except OSError:
                    return True

            self.wait_until(is_let_go)
        client = server.client()
        self.assertEqual(client.get("/api/health")["status"], "ok")
        client.close()


if __name__ == "__main__":
    server_case.main()
