#!/usr/bin/env python3
"""Any front end in a folder is served, and may use the interface."""

import os
import re

import server_case
from server_case import TOKEN

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "examples", "http_server", "www")


class Test(server_case.Case):
    def site(self, *arguments, **options):
        for name, content in [("index.html", b"<p>home"), ("app.js", b"js"), ("a b.css", b"css"), ("x.bin", b"\0"),
                              ("sub/index.html", b"<p>sub"), ("sub/big.js", b"x" * 300_000), (".hidden", b"no")]:
            self.write("www/" + name, content)
        return self.start("--www", self.path("www"), *arguments, **options)

    def test_files_are_sent_with_their_types(self):
        server = self.site()
        for target, kind, body in [("/", "text/html; charset=utf-8", b"<p>home"),
                                   ("/index.html?x=y", "text/html; charset=utf-8", b"<p>home"),
                                   ("/app.js", "text/javascript; charset=utf-8", b"js"),
                                   ("/a%20b.css", "text/css; charset=utf-8", b"css"),
                                   ("/x.bin", "application/octet-stream", b"\0"),
                                   ("/sub/", "text/html; charset=utf-8", b"<p>sub"),
                                   ("/sub/big.js", "text/javascript; charset=utf-8", b"x" * 300_000)]:
            answer = server.request("GET", target)
            self.assertEqual((answer.status, answer.headers["Content-Type"], answer.body), (200, kind, body), target)
        answer = server.request("GET", "/sub")
        self.assertEqual((answer.status, answer.headers["Location"]), (308, "/sub/"))
        answer = server.request("GET", "/sub/big.js", headers={"Range": "bytes=299990-"})
        self.assertEqual((answer.status, answer.body), (206, b"x" * 10))
        tag = server.request("GET", "/app.js").headers["ETag"]
        self.assertEqual(server.request("GET", "/app.js", headers={"If-None-Match": tag}).status, 304)
        answer = server.request("POST", "/app.js")
        self.failure(answer, 405)
        self.assertIn("GET", answer.headers["Allow"])

    def test_folders_are_found_without_their_last_slash(self):
        server = self.site()
        self.write("www/a b/index.html", b"<p>")
        self.write("www/ü/index.html", b"<p>")
        os.makedirs(self.path("www", "odd", "index.html"))
        for target, location in [("/sub?x=1&y=/", "/sub/?x=1&y=/"), ("/a%20b", "/a%20b/"), ("/%C3%BC", "/%C3%BC/"),
                                 ("/s%75b?", "/s%75b/?")]:
            answer = server.request("GET", target)
            self.assertEqual((answer.status, answer.headers["Location"]), (308, location), target)
            self.assertEqual(server.request("GET", location).status, 200)
        for target in ["//sub", "//evil.example", "/odd/", "/sub//"]:
            self.assertEqual(server.request("GET", target).status, 404, target)

    def test_fonts_and_media_have_their_types(self):
        server = self.site()
        for ending, kind in [("ttf", "font/ttf"), ("otf", "font/otf"), ("mp4", "video/mp4"), ("webm", "video/webm"),
                             ("mp3", "audio/mpeg"), ("wav", "audio/wav"), ("pdf", "application/pdf"),
                             ("CSV", "text/csv; charset=utf-8")]:
            self.write("www/a." + ending, b"x")
            self.assertEqual(server.request("GET", "/a." + ending).headers["Content-Type"], kind)

    def test_scripts_come_with_the_policy_of_pages(self):
        server = self.site()
        page = server.request("GET", "/").headers["Content-Security-Policy"]
        self.assertIn("default-src 'self'", page)
        # A worker is bound by the policy of its own script.
        for target in ["/app.js", "/sub/big.js", "/a%20b.css"]:
            self.assertEqual(server.request("GET", target).headers["Content-Security-Policy"], page)
        for target in ["/api/health", "/api/absent", "/files/x"]:
            self.assertIn("sandbox", server.request("GET", target).headers["Content-Security-Policy"])

    def test_nothing_outside_of_the_folder_is_sent(self):
        server = self.site()
        self.write("secret", b"secret")
        os.symlink(self.path("secret"), self.path("www", "link"))
        os.symlink(self.folder, self.path("www", "up"))
        os.mkfifo(self.path("www", "fifo"))
        for target in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/sub/../../secret", "/link", "/up/secret", "/up/",
                       "/.hidden", "/sub/..", "/absent", "/sub//index.html", "//sub/", "/%00", "/fifo", "/..%5csecret",
                       "/index.html/", "/sub/index.html/x", "//evil.example/.."]:
            answer = server.request("GET", target)
            self.assertIn(answer.status, [400, 404], target)
            self.assertNotIn(b"secret", answer.body.replace(target.encode(), b""))

    def test_a_page_gets_the_cookie_with_which_it_may_change_things(self):
        server = self.site()
        for target in ["/", "/sub/"]:
            cookie = server.request("GET", target, token=False).headers["Set-Cookie"]
            self.assertEqual(cookie, f"modelstore_{server.port}={TOKEN}; Path=/; HttpOnly; SameSite=Strict")
        for target in ["/app.js", "/absent", "/api/health"]:
            self.assertNotIn("Set-Cookie", server.request("GET", target, token=False).headers)
        headers = {"Cookie": cookie.split(";")[0], "Origin": f"http://127.0.0.1:{server.port}",
                   "Sec-Fetch-Site": "same-origin"}
        answer = server.request("POST", "/api/tags_add", {"newtags": ["x"]}, headers, token=False)
        self.assertEqual(answer.status, 200)

    def test_beyond_loopback_the_cookie_is_for_those_who_bring_the_token(self):
        self.write("www/index.html", b"<p>")
        arguments = ["--listen", "0.0.0.0:0", "--www", self.path("www")]
        server = server_case.Server(server_case.PROGRAM, self.data, *arguments, token=TOKEN)
        self.addCleanup(self.end, server)
        self.assertNotIn("Set-Cookie", server.request("GET", "/", token=False).headers)
        self.assertNotIn("Set-Cookie", server.request("GET", "/?token=wrong", token=False).headers)
        self.assertIn(TOKEN, server.request("GET", f"/?token={TOKEN}", token=False).headers["Set-Cookie"])

    def test_without_a_front_end_there_is_only_the_interface(self):
        server = self.start()
        for target in ["/", "/index.html", "/etc/passwd"]:
            self.failure(server.request("GET", target), 404)

    def test_the_small_page_keeps_to_its_policy(self):
        server = self.start("--www", PAGE)
        page = server.request("GET", "/")
        self.assertEqual(page.status, 200)
        text = page.body.decode()
        self.assertIn("default-src 'self'", page.headers["Content-Security-Policy"])
        self.assertNotRegex(text, r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src)")
        for name in re.findall(r'(?:src|href)="([^"]+)"', text):
            self.assertEqual(server.request("GET", "/" + name).status, 200, name)


if __name__ == "__main__":
    server_case.main()
