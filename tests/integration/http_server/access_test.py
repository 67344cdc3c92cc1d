#!/usr/bin/env python3
"""Who may ask for what: Host, Origin, tokens, content types, paths."""

import os

import server_case
from server_case import TOKEN


class Test(server_case.Case):
    def status(self, server, request_line, *headers, body=b""):
        """Of a request that is sent as it stands here, on a connection of its own."""
        text = "\r\n".join([request_line, *headers, "Connection: close", "", ""])
        return int(self.raw(server, text.encode() + body).split(b" ", 2)[1])

    def test_a_host_that_is_not_the_servers_is_refused_on_every_method(self):
        server = self.start()
        own = f"Host: 127.0.0.1:{server.port}"
        bad = [["Host: evil.example"], [], ["Host:"], [own, own], [f"Host: localhost.:{server.port}"],
               ["Host: 127.0.0.1.evil.example"]]
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"]:
            for headers in bad:
                self.assertEqual(self.status(server, f"{method} /api/health HTTP/1.1", *headers), 403,
                                 (method, headers))
        for target in [f"http://127.0.0.1:{server.port}/api/health", "http://evil.example/", "*", "evil.example:80"]:
            self.assertEqual(self.status(server, f"GET {target} HTTP/1.1", own), 403, target)
        self.assertEqual(self.status(server, "GET /api/health HTTP/1.1", own), 200)
        self.assertEqual(self.status(server, "GET /api/health HTTP/1.1", f"Host: localhost:{server.port}"), 200)

    def test_a_further_host_is_allowed_by_name(self):
        server = self.start("--allow-host", "models.example")
        self.assertEqual(server.request("GET", "/api/health", headers={"Host": "models.example"}).status, 200)
        self.assertEqual(server.request("GET", "/api/health", headers={"Host": "example"}).status, 403)

    def test_a_page_behind_a_proxy_with_tls_changes_things(self):
        self.write("www/index.html", b"<p>")
        server = self.start("--allow-host", "models.example", "--www", self.path("www"))
        host = {"Host": "models.example"}
        # Whoever comes through the proxy is not on this machine, and has to bring the token.
        self.assertNotIn("Set-Cookie", server.request("GET", "/", headers=host, token=False).headers)
        cookie = server.request("GET", f"/?token={TOKEN}", headers=host, token=False).headers["Set-Cookie"]
        headers = {**host, "Cookie": cookie.split(";")[0], "Sec-Fetch-Site": "same-origin"}
        for origin, status in [("https://models.example", 200), ("http://models.example", 200),
                               ("https://other.example", 403), ("https://models.example:444", 403),
                               (f"https://127.0.0.1:{server.port}", 403), ("ftp://models.example", 403)]:
            answer = server.request("POST", "/api/tags_add", {"newtags": ["x"]}, {**headers, "Origin": origin}, token=False)
            self.assertEqual(answer.status, status, origin)
        own = {"Origin": f"https://127.0.0.1:{server.port}"}
        self.failure(server.request("GET", "/api/tags", headers=own), 403)

    def test_pages_of_other_origins_are_refused(self):
        server = self.start()
        own = f"http://127.0.0.1:{server.port}"
        sets = [{"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": own.replace("http", "https")},
                {"Origin": "http://127.0.0.1"}, {"Origin": own + ".evil.example"}, {"Origin": ""},
                {"Origin": f"http://localhost:{server.port}"}, {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
                {"Origin": own, "Sec-Fetch-Site": "cross-site"},
                {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, {"Origin": "file://"}]
        for headers in sets:
            for method, target in [("GET", "/api/models"), ("POST", "/api/tags_add"), ("DELETE", "/api/tags/1"),
                                   ("OPTIONS", "/api/models")]:
                answer = server.request(method, target, {"newtags": ["x"]} if method == "POST" else None, headers)
                self.failure(answer, 403)
        self.assertEqual(server.get("/api/tags")["tags"], [])
        for headers in [{"Origin": own}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]:
            self.assertEqual(server.request("GET", "/api/models", headers=headers).status, 200)

    def test_preflights_grant_nothing(self):
        server = self.start()
        asked = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
        for headers in [asked, {"Origin": "http://evil.example", **asked},
                        {"Origin": f"http://127.0.0.1:{server.port}", **asked}]:
            answer = server.request("OPTIONS", "/api/models", headers=headers)
            self.assertFalse([name for name in answer.headers if name.lower().startswith("access-control")])
        self.assertFalse([name for name in server.request("GET", "/api/models").headers
                          if name.lower().startswith("access-control")])

    def test_an_origin_that_is_allowed_by_name_reads_and_changes_without_a_token(self):
        origin = "http://localhost:5173"
        server = self.start("--allow-origin", origin)
        headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
        answer = server.request("POST", "/api/tags_add", {"newtags": ["a"]}, headers, token=False)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
        preflight = server.request("OPTIONS", "/api/tags_add", headers={
            **headers, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"})
        self.assertEqual(preflight.status, 204)
        self.assertIn("POST", preflight.headers["Access-Control-Allow-Methods"])
        self.assertIn("Content-Type", preflight.headers["Access-Control-Allow-Headers"])
        other = server.request("GET", "/api/tags", headers={"Origin": origin + "0"})
        self.assertEqual(other.status, 403)
        self.assertNotIn("Access-Control-Allow-Origin", other.headers)

    def test_an_allowed_origin_reads_errors_of_every_kind(self):
        origin = "http://localhost:5173"
        server = self.start("--allow-origin", origin)
        own = f"Host: 127.0.0.1:{server.port}\r\nOrigin: {origin}\r\n"
        for status, data in [(413, f"POST /api/tags_add HTTP/1.1\r\n{own}Content-Type: application/json\r\n"
                                   f"Content-Length: {1 << 30}\r\n\r\n"),
                             (431, f"GET /api/tags HTTP/1.1\r\n{own}X: " + "x" * 20_000 + "\r\n\r\n"),
                             (400, f"POST /api/tags_add HTTP/1.1\r\n{own}Transfer-Encoding: gzip\r\n\r\n"),
                             (404, f"GET /api/absent HTTP/1.1\r\n{own}Connection: close\r\n\r\n")]:
            head = self.raw(server, data.encode()).decode()
            self.assertTrue(head.startswith(f"HTTP/1.1 {status} "), head[:100])
            self.assertEqual(head.count(f"Access-Control-Allow-Origin: {origin}\r\n"), 1)
        other = f"Host: 127.0.0.1:{server.port}\r\nOrigin: http://evil.example\r\n"
        head = self.raw(server, f"GET / HTTP/1.1\r\n{other}X: {'x' * 20_000}\r\n\r\n".encode())
        self.assertNotIn(b"Access-Control-Allow-Origin", head)

    def test_pictures_are_for_pages_of_the_same_site_where_an_origin_is_allowed(self):
        for arguments, policy in [([], "same-origin"), (["--allow-origin", "http://localhost:5173"], "same-site")]:
            server = self.start(*arguments)
            headers = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "image"}
            answer = server.request("GET", "/files/absent", headers=headers)
            self.assertEqual((answer.status, answer.headers["Cross-Origin-Resource-Policy"]), (404, policy))
            headers["Sec-Fetch-Site"] = "cross-site"
            self.assertEqual(server.request("GET", "/files/absent", headers=headers).status, 403)
            server.stop()

    def test_changes_need_the_token(self):
        server = self.start()
        port = server.port
        changes = [("POST", "/api/tags_add", {"newtags": ["x"]}), ("DELETE", "/api/tags/1", None),
                   ("PATCH", "/api/tags/1", {"name": "y"}), ("POST", "/api/scan", None), ("POST", "/api/verify", None),
                   ("PUT", "/api/images/order", {}), ("DELETE", "/api/images/delete?id=1", None),
                   ("DELETE", "/api/jobs/1", None), ("POST", "/api/models/sha256", {"path": "/x"}),
                   ("DELETE", "/api/models/" + "a" * 64, None)]
        wrong = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer"}, {"Authorization": TOKEN},
                 {"Authorization": f"Basic {TOKEN}"}, {"Cookie": f"modelstore_{port + 1}={TOKEN}"},
                 {"Cookie": f"modelstore_{port}=wrong"}]
        for method, target, body in changes:
            for headers in wrong:
                self.failure(server.request(method, target, body, headers, token=False), 401)
            self.failure(server.request(method, target + ("&" if "?" in target else "?") + f"token={TOKEN}", body,
                                        token=False), 401)
        self.assertEqual(server.get("/api/tags")["tags"], [])
        for headers in [{"Authorization": f"Bearer {TOKEN}"}, {"Cookie": f"a=b; modelstore_{port}={TOKEN}"}]:
            answer = server.request("POST", "/api/tags_add", {"newtags": ["x"]}, headers, token=False)
            self.assertEqual(answer.status, 200, answer.body)

    def test_a_server_without_a_token_asks_for_none_and_still_for_an_origin(self):
        server = self.start("--no-token", token=None)
        self.assertEqual(server.request("POST", "/api/tags_add", {"newtags": ["x"]}).status, 200)
        self.failure(server.request("DELETE", "/api/tags/1", headers={"Origin": "http://evil.example"}), 403)
        self.assertEqual(server.request("DELETE", "/api/tags/1").status, 200)

    def test_a_token_is_made_and_printed_where_none_is_given(self):
        server = self.start(token=None)
        self.assertRegex(server.line, r"/\?token=[0-9a-f]{32}$")
        self.assertEqual(server.request("POST", "/api/tags_add", {"newtags": ["x"]}, token=False).status, 401)
        self.assertEqual(server.request("POST", "/api/tags_add", {"newtags": ["x"]}).status, 200)

    def test_bodies_that_a_form_can_send_are_refused(self):
        server = self.start()
        for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "", "json",
                     "text/plain; charset=application/json"]:
            for token in [True, False]:
                answer = server.request("POST", "/api/tags_add", '{"newtags": ["x"]}', {"Content-Type": kind}, token)
                self.failure(answer, 415)
        answer = server.request("DELETE", "/api/tags/1", "x", {"Content-Type": "text/plain"})
        self.failure(answer, 415)
        self.failure(server.request("POST", "/api/images/upload", {"image": "x"}), 415)
        self.failure(server.request("POST", "/api/tags_add", {"newtags": []}, {"Content-Encoding": "gzip"}), 415)
        self.assertEqual(server.get("/api/tags")["tags"], [])

    def test_every_answer_says_that_it_is_what_it_says(self):
        server = self.start("--www", self.folder)
        self.write("index.html", b"<p>")
        for target in ["/", "/api/models", "/absent", "/api/images/" + "a" * 64, "/files/x"]:
            headers = server.request("GET", target).headers
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertRegex(headers["Content-Security-Policy"], r"default-src '(self|none)'")
            self.assertNotIn("unsafe", headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])

    def test_paths_outside_of_the_roots_are_not_touched(self):
        legacy = self.path("legacy")
        os.makedirs(legacy)
        server = self.start("--legacy", legacy)
        secret = self.write("secret/file.safetensors", b"secret")
        os.symlink(self.path("secret"), os.path.join(self.models, "link"))
        os.symlink(secret, os.path.join(legacy, "link.legacy"))
        os.mkfifo(self.path("fifo"))
        outside = ["/etc/passwd", "/etc", secret, os.path.join(self.models, "..", "secret", "file.safetensors"),
                   os.path.join(self.models, "link", "file.safetensors"), os.path.join(legacy, "link.legacy"),
                   self.path("fifo"), self.models + "-other/x", "/", "/proc/self/environ", self.path("absent")]
        for path in outside:
            for target, body in [("/api/models/sha256", {"path": path}),
                                 ("/api/migration/migrate_legacy_db", {"legacy_db_path": path})]:
                message = self.failure(server.request("POST", target, body), 403)
                self.assertIn(path, message)
        self.failure(server.request("POST", "/api/migration/migrate_legacy_db", {
            "legacy_db_path": os.path.join(legacy, "x"), "legacy_images_dir": "/etc"}), 403)
        self.failure(server.request("POST", "/api/migration/migrate_legacy_db", {
            "legacy_db_path": os.path.join(legacy, "x"), "path_map": [{"from": "D:", "to": "/etc"}]}), 403)
        for path in ["", "x", "../x", "models/x", "/a\0b"]:
            self.failure(server.request("POST", "/api/models/sha256", {"path": path}), 400)

    def test_what_is_no_id_is_refused(self):
        server = self.start()
        digest = "a" * 64
        for bad in ["%2e%2e%2f", "..", "%2e%2e", "..%5c", "..\\", "%00", "*", "%252e%252e%252f", "a" * 63, "a" * 65,
                    "g" * 64, digest + "%00", "-1", "0x1", "1e3", " 1", "%20" + digest, digest + "_-1",
                    digest + "_x", digest + "_0_low", digest + "_0/../../modelstore.db", "99999999999999999999"]:
            for prefix in ["/api/models/", "/api/images/", "/api/images/pending/", "/files/", "/api/jobs/", "/api/tags/",
                           "/api/migration/pending_model?id=", "/api/images/get_img_count?sha256="]:
                target = prefix + bad.replace(" ", "%20")
                answer = server.request("GET", target)
                self.assertIn(answer.status, [400, 404, 405] if prefix == "/api/tags/" else [400, 404], target)
                self.assertEqual(answer.headers["Content-Type"], "application/json")
                answer = server.request("DELETE", target)
                self.assertIn(answer.status, [400, 404, 405], target)


if __name__ == "__main__":
    server_case.main()
