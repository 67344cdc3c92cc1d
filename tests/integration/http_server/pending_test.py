#!/usr/bin/env python3
"""Pending records over HTTP."""

import os

import server_case


class Test(server_case.Case):
    def scanned(self, server, *names):
        for name in names:
            self.write_model(name)
        return server.post("/api/scan")["pending_ids"]

    def test_a_scan_adds_what_is_new(self):
        server = self.start()
        self.write_model("loras/a.safetensors")
        answer = server.post("/api/scan")
        self.assertEqual((answer["status"], answer["scanned"], answer["added"]), ("success", 1, 1))
        again = server.post("/api/scan")
        self.assertEqual((again["added"], again["pending_ids"], again["missing"]), (0, [], 0))

    def test_pending_records_are_listed_oldest_first_and_by_pages(self):
        server = self.start()
        ids = self.scanned(server, *[f"loras/{number}.safetensors" for number in range(5)])
        whole = server.get("/api/migration/pending_models")
        self.assertEqual(sorted(record["id"] for record in whole["models"]), sorted(ids))
        record = whole["models"][0]
        self.assertEqual(set(record) & {"id", "name", "image", "type", "tags", "path", "error"},
                         {"id", "name", "image", "type", "tags", "path", "error"})
        self.assertEqual((record["image"], record["error"], record["type"]), ("", "", "loras"))
        first = server.get("/api/migration/pending_models?limit=3")
        rest = server.get(f"/api/migration/pending_models?limit=3&cursor={first['next_cursor']}")
        self.assertEqual(first["models"] + rest["models"], whole["models"])
        self.failure(server.request("GET", "/api/migration/pending_models?limit=x"), 400)
        self.failure(server.request("GET", "/api/migration/pending_models?cursor=x"), 400)

    def test_one_is_shown_edited_and_deleted(self):
        server = self.start()
        number = self.scanned(server, "loras/a.safetensors")[0]
        target = f"/api/migration/pending_model?id={number}"
        record = server.get(target)
        self.assertEqual((record["sha256"], record["name"], record["size_bytes"]),
                         ("", "a.safetensors", os.path.getsize(self.path("models", "loras", "a.safetensors"))))
        self.assertEqual(record["meta_json"], {"description": "", "community_links": "", "images": [],
                                               "prompts": {"positive": "", "negative": ""}})
        edited = server.request("PATCH", target, {"name": "n", "meta_json": {"description": "d"},
                                                  "tags": [{"id": -1, "name": "t"}]}).json()
        self.assertEqual((edited["name"], edited["meta_json"]["description"], edited["tags"][0]["name"]), ("n", "d", "t"))
        self.failure(server.request("PATCH", target, {"tags": [999], "name": "x"}), 400)
        self.assertEqual(server.get(target)["name"], "n")
        self.assertEqual(server.request("DELETE", target).status, 200)
        self.assertEqual(server.get("/api/migration/pending_models")["models"], [])

    def test_a_path_is_edited_only_to_one_below_the_roots(self):
        server = self.start()
        number = self.scanned(server, "loras/a.safetensors", "loras/b.safetensors")[0]
        target = f"/api/migration/pending_model?id={number}"
        before = server.get(target)
        os.symlink("/etc", self.path("models", "link"))
        for path in ["/etc/passwd", self.path("models", "..", "x"), self.path("models", "link", "passwd")]:
            self.failure(server.request("PATCH", target, {"path": path, "name": "x"}), 403)
        self.failure(server.request("PATCH", target, {"path": "relative"}), 400)
        other = [record["path"] for record in server.get("/api/migration/pending_models")["models"]
                 if record["id"] != number][0]
        self.failure(server.request("PATCH", target, {"path": other}), 409, "AlreadyExists")
        self.assertEqual(server.get(target), before)
        moved = self.path("models", "loras", "c.safetensors")
        self.assertEqual(server.request("PATCH", target, {"path": moved}).json()["path"], moved)
        self.assertEqual(server.request("PATCH", target, {"path": moved, "name": "z"}).json()["name"], "z")

    def test_what_is_not_there_is_said(self):
        server = self.start()
        for method, body in [("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)]:
            message = self.failure(server.request(method, "/api/migration/pending_model?id=7", body), 404, "NotFound")
            self.assertIn("'7'", message)
            self.failure(server.request(method, "/api/migration/pending_model", body), 400)
            self.failure(server.request(method, "/api/migration/pending_model?id=0", body), 400)
            self.failure(server.request(method, "/api/migration/pending_model?id=x", body), 400)


if __name__ == "__main__":
    server_case.main()
