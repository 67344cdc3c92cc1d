#!/usr/bin/env python3
"""Both stages of a migration over HTTP: a legacy store is imported, and what it never hashed is promoted."""

import os

import server_case


class Test(server_case.Case):
    def with_legacy(self):
        legacy = self.add_legacy()
        return self.start("--legacy", legacy.folder), legacy

    def imported(self, server, legacy, **more):
        return server.post("/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.file, **more})

    def test_a_legacy_store_is_imported_once(self):
        server, legacy = self.with_legacy()
        legacy.add("/gone/a.safetensors", digest="A" * 64, tags=["x"], extra={"images": ["a.png"]})
        legacy.add("/gone/b.safetensors", extra={"images": ["b.png", "missing.png"]})
        legacy.add_picture("a.png")
        legacy.add_picture("b.png")
        before = server_case.snapshot(legacy.folder)
        dry = self.imported(server, legacy, dry_run=True)
        self.assertEqual(server.get("/api/stats")["models"], 0)
        done = self.imported(server, legacy)
        self.assertEqual(done["status"], "success")
        self.assertEqual(done["db_migration"], {"migrated": 1, "pending": 1, "errors": 0, "images_processed": 2,
                                                "image_errors": 1})
        self.assertEqual(dry["db_migration"]["migrated"], 1)
        report = done["report"]
        self.assertEqual(report["models_read"], sum(report[key] for key in
                                                    ("active", "pending", "merged", "unchanged", "skipped")))
        again = self.imported(server, legacy)
        self.assertEqual((again["db_migration"]["migrated"], again["report"]["unchanged"]), (0, 2))
        self.assertEqual(server_case.snapshot(legacy.folder), before)
        pending = server.get("/api/migration/pending_models")["models"]
        self.assertRegex(pending[0]["image"], r"^\d+\.png$")
        self.verify_is_clean(server)

    def test_rows_that_cannot_be_imported_make_it_a_failure(self):
        server, legacy = self.with_legacy()
        legacy.add(b"\xff\xfe", digest="")
        done = self.imported(server, legacy)
        self.assertEqual((done["status"], done["db_migration"]["errors"]), ("failed", 1))
        self.assertEqual(len(done["report"]["skipped_rows"]), 1)

    def test_what_is_no_legacy_store_is_refused(self):
        server, legacy = self.with_legacy()
        absent = os.path.join(legacy.folder, "absent.x")
        self.failure(server.request("POST", "/api/migration/migrate_legacy_db", {"legacy_db_path": absent}), 400,
                     "FileMissing")
        text = os.path.join(legacy.folder, "text")
        with open(text, "wb") as file:
            file.write(b"no database" * 1000)
        self.failure(server.request("POST", "/api/migration/migrate_legacy_db", {"legacy_db_path": text}), 400)
        self.failure(server.request("POST", "/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.folder}), 400)
        for body in [{}, {"legacy_db_path": 1}, {"legacy_db_path": legacy.file, "dry_run": 1},
                     {"legacy_db_path": legacy.file, "path_map": "x"}, {"legacy_db_path": legacy.file, "path_map": [1]},
                     {"legacy_db_path": legacy.file, "legacy_images_dir": absent}]:
            self.failure(server.request("POST", "/api/migration/migrate_legacy_db", body), 400)
        self.assertEqual(server.get("/api/stats")["models"], 0)

    def test_pictures_that_lie_elsewhere_are_left_alone_until_others_are_named(self):
        server, legacy = self.with_legacy()
        legacy.add("/gone/a.safetensors", digest="a" * 64, extra={"images": ["a.png"]})
        os.rename(legacy.pictures, self.path("elsewhere"))
        os.symlink(self.path("elsewhere"), legacy.pictures)
        for more in [{}, {"legacy_images_dir": None}]:
            answer = server.request("POST", "/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.file, **more})
            # Where the link leads, and that it is one, the client did not say and does not learn.
            message = answer.json()["error"]
            self.assertEqual(answer.status, 403)
            self.assertIn(legacy.file, message)
            self.assertNotIn(legacy.pictures, message)
            self.assertNotIn("elsewhere", message)
        other = os.path.join(legacy.folder, "other")
        os.mkdir(other)
        self.assertEqual(self.imported(server, legacy, legacy_images_dir=other)["db_migration"]["migrated"], 1)

    def test_a_second_import_at_once_is_refused(self):
        server, legacy = self.with_legacy()
        for number in range(300):
            legacy.add(f"/gone/{number}", digest=f"{number + 1:064x}", extra={"images": [f"{number}.png"]})
            legacy.add_picture(f"{number}.png", server_case.png(300, 300, (number % 256, 0, 0)))
        job = server.post("/api/migration/migrate_legacy_db?async=1", {"legacy_db_path": legacy.file}, status=202)["job"]
        self.failure(server.request("POST", "/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.file}), 409,
                     "Busy")
        self.assertEqual(server.request("DELETE", f"/api/jobs/{job}").status, 200)
        self.assertIn(self.wait_for_job(server, job)["state"], ["cancelled", "done"])
        self.assertEqual(self.imported(server, legacy)["status"], "success")
        self.assertEqual(server.get("/api/stats")["previews"], 300)
        self.verify_is_clean(server)

    def test_pending_records_are_promoted(self):
        server, legacy = self.with_legacy()
        path = self.write_model("loras/a.safetensors", b"A")
        legacy.add("D:\\models\\loras\\a.safetensors", tags=["t"], extra={"description": "d", "images": ["a.png"]})
        legacy.add_picture("a.png")
        gone = legacy.add(self.path("models", "gone.safetensors"))
        self.imported(server, legacy, path_map=[{"from": "D:\\models", "to": self.models}])
        ids = [record["id"] for record in server.get("/api/migration/pending_models")["models"]]
        done = server.post("/api/migration/import_models", {"id": ids + [999], "conflict_strategy": "merge"}, status=207)
        promoted = [number for number in ids if number != gone]
        self.assertEqual((done["total"], done["success"]), (3, promoted))
        self.assertEqual((done["conflict"], done["ignored"], done["deleted"]), ([], [], []))
        self.assertEqual({failure["id"]: failure["code"] for failure in done["failed"]},
                         {gone: "FileMissing", 999: "NotFound"})
        for failure in done["failed"]:
            self.assertNotIn(self.folder, failure["error"])
        model = server.get("/api/models/" + server_case.sha256(b"A"))
        self.assertEqual((model["path"], model["meta_json"]["description"], model["meta_json"]["images_count"]),
                         (path, "d", 1))
        waiting = server.get("/api/migration/pending_models")["models"]
        self.assertEqual([(record["id"], record["code"]) for record in waiting], [(gone, "FileMissing")])
        self.assertTrue(waiting[0]["error"])

    def with_conflict(self):
        """A model and a pending record that carries texts, with one content."""
        os.makedirs(self.models, exist_ok=True)
        server = self.start()
        digest = self.add_model(server, "loras/a.safetensors", b"same")
        self.write_model("vae/b.safetensors", b"same")
        number = server.post("/api/scan")["pending_ids"][0]
        server.request("PATCH", f"/api/migration/pending_model?id={number}",
                       {"meta_json": {"description": "of the record"}, "tags": [{"id": -1, "name": "new"}]})
        return server, digest, number

    def promote(self, server, number, strategy):
        return server.post("/api/migration/import_models", {"id": [number], "conflict_strategy": strategy})

    def test_a_conflict_is_reported(self):
        server, digest, number = self.with_conflict()
        for strategy in [None, "null"]:
            done = self.promote(server, number, strategy)
            self.assertEqual(done["conflict"], [{
                "pending": {"id": number, "path": os.path.join(self.models, "vae", "b.safetensors")},
                "existing": {"id": digest, "path": os.path.join(self.models, "loras", "a.safetensors")}}])
            self.assertEqual(done["success"], [])
        done = server.post("/api/migration/import_models", {"id": [number]})
        self.assertEqual(len(done["conflict"]), 1)

    def test_a_conflict_is_settled_as_the_strategy_says(self):
        for strategy, lists, description, left in [("merge", "success", "of the record", 0),
                                                   ("override", "success", "of the record", 0),
                                                   ("ignore", "ignored", "", 1), ("delete", "deleted", "", 0)]:
            with self.subTest(strategy):
                self.data, self.models = self.path("store " + strategy), self.path("models " + strategy)
                server, digest, number = self.with_conflict()
                done = self.promote(server, number, strategy)
                for name in ["success", "ignored", "deleted", "conflict"]:
                    self.assertEqual(done[name], [number] if name == lists else [], name)
                self.assertEqual(server.get(f"/api/models/{digest}")["meta_json"]["description"], description)
                self.assertEqual(server.get("/api/stats")["pending"], left)
                server.stop()

    def test_unknown_words_are_refused(self):
        server, _, number = self.with_conflict()
        for body in [{"id": [number], "conflict_strategy": "replace"}, {"id": [number], "conflict_strategy": 1},
                     {"id": number}, {"id": ["1"]}, {"id": [0]}, {"id": [1.5]}, {}]:
            self.failure(server.request("POST", "/api/migration/import_models", body), 400)
        for body in [{"path": "/x", "pending_status": "x"}, {"path": "/x", "conflict_strategy": "x"}, {"path": 1}, {}]:
            self.failure(server.request("POST", "/api/models/sha256", body), 400)

    def test_a_file_is_hashed_and_remembered(self):
        server = self.start()
        path = self.write_model("a.safetensors", b"hash me")
        server.post("/api/scan")
        answer = server.post("/api/models/sha256", {"path": path})
        self.assertEqual((answer["sha256"], answer["migrated"], answer["cached"]),
                         (server_case.sha256(b"hash me"), False, False))
        self.assertNotIn("conflict", answer)
        self.assertTrue(server.post("/api/models/sha256", {"path": path, "pending_status": "ignore"})["cached"])
        self.assertTrue(server.post("/api/models/sha256", {"path": path, "pending_status": "pending"})["migrated"])
        self.assertEqual(server.get("/api/stats")["models"], 1)
        absent = os.path.join(self.models, "absent.safetensors")
        self.assertIn(absent, self.failure(server.request("POST", "/api/models/sha256", {"path": absent}), 404,
                                           "FileMissing"))
        self.failure(server.request("POST", "/api/models/sha256", {"path": self.models}), 400, "NotRegularFile")

    def test_a_conflict_of_one_hash_is_settled_too(self):
        server, digest, number = self.with_conflict()
        path = os.path.join(self.models, "vae", "b.safetensors")
        answer = server.post("/api/models/sha256", {"path": path, "pending_status": "pending",
                                                    "conflict_strategy": None})
        self.assertFalse(answer["migrated"])
        self.assertEqual((answer["conflict"]["pending"]["id"], answer["conflict"]["existing"]["id"]), (number, digest))
        self.assertTrue(server.post("/api/models/sha256", {"path": path, "pending_status": "pending"})["migrated"])

    def test_the_path_of_a_pending_record_is_hashed_wherever_it_lies(self):
        server, legacy = self.with_legacy()
        path = self.write("elsewhere/a.safetensors", b"elsewhere")
        self.failure(server.request("POST", "/api/models/sha256", {"path": path}), 403)
        legacy.add(path)
        self.imported(server, legacy)
        answer = server.post("/api/models/sha256", {"path": path, "pending_status": "pending"})
        self.assertEqual((answer["sha256"], answer["migrated"]), (server_case.sha256(b"elsewhere"), True))

    def test_work_in_the_background_is_followed_by_its_number(self):
        server = self.start()
        self.write_model("a.safetensors")
        number = server.post("/api/scan?async=1", status=202)["job"]
        job = self.wait_for_job(server, number)
        self.assertEqual((job["state"], job["kind"], job["result"]["added"]), ("done", "scan", 1))
        self.assertEqual(set(job["progress"]), {"done", "total", "unit"})
        number = server.post("/api/models/sha256?async=1", {"path": self.path("models", "absent")})["job"]
        job = self.wait_for_job(server, number)
        self.assertEqual((job["state"], job["error"]["code"]), ("failed", "FileMissing"))
        listed = server.get("/api/jobs")["jobs"]
        self.assertEqual([entry["id"] for entry in listed], sorted((entry["id"] for entry in listed), reverse=True))
        for method in ["GET", "DELETE"]:
            self.failure(server.request(method, "/api/jobs/999"), 404)
        self.assertEqual(server.request("DELETE", f"/api/jobs/{number}").json()["state"], "failed")

    def test_a_request_that_is_refused_has_not_begun(self):
        server, legacy = self.with_legacy()
        legacy.add("/gone/a.safetensors", digest="a" * 64)
        path = self.write_model("a.safetensors")
        for target, body in [("/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.file}), ("/api/scan", None),
                             ("/api/models/sha256", {"path": path, "pending_status": "pending"}),
                             ("/api/migration/import_models", {"id": [1]})]:
            self.failure(server.request("POST", target + "?async=1&async=1", body), 400)
        # Whatever had begun before this job would be done with it.
        self.wait_for_job(server, server.post("/api/verify", status=202)["job"])
        statistics = server.get("/api/stats")
        self.assertEqual((statistics["models"], statistics["pending"]), (0, 0))
        self.assertEqual(self.imported(server, legacy)["db_migration"]["migrated"], 1)

    def test_a_verification_finds_what_is_wrong(self):
        server = self.start()
        digest = self.add_model(server)
        server.upload(digest, server_case.png())
        name = server.get(f"/api/models/{digest}")["images"][0]["files"]["low"]
        os.unlink(os.path.join(self.data, "images", name))
        for body in [None, {"deep": True}]:
            job = self.wait_for_job(server, server.post("/api/verify", body, status=202)["job"])
            self.assertEqual([problem["kind"] for problem in job["result"]["problems"]], ["PreviewFileMissing"])
            self.assertFalse(job["result"]["ok"])

    def test_a_scan_needs_a_folder(self):
        server = server_case.Server(server_case.PROGRAM, self.data, "--no-token")
        self.addCleanup(self.end, server)
        self.failure(server.request("POST", "/api/scan"), 400)


if __name__ == "__main__":
    server_case.main()
