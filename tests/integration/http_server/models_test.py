#!/usr/bin/env python3
"""Lists, models, tags, changes and statistics over HTTP."""

import json

import server_case


class Test(server_case.Case):
    def test_health_names_the_versions(self):
        health = self.start().get("/api/health")
        self.assertRegex(health["version"], r"^\d+\.\d+\.\d+$")
        self.assertIsInstance(health["schema_version"], int)

    def test_an_empty_store_has_empty_lists(self):
        server = self.start()
        self.assertEqual(server.get("/api/models"), {"models": [], "total": 0, "next_cursor": ""})
        self.assertEqual(server.get("/api/models/get_types"), {"types": []})
        self.assertEqual(server.get("/api/tags"), {"tags": []})
        self.assertEqual(server.get("/api/migration/pending_models")["models"], [])
        self.assertEqual(server.get("/api/jobs"), {"jobs": []})
        self.assertEqual(server.get("/api/stats")["models"], 0)

    def test_a_model_is_listed_and_shown_with_all_its_members(self):
        server = self.start()
        digest = self.add_model(server, "loras/one.safetensors", b"content")
        self.assertEqual(digest, server_case.sha256(b"content"))
        listed = server.get("/api/models")
        self.assertEqual(listed["total"], 1)
        record = listed["models"][0]
        path = self.path("models", "loras", "one.safetensors")
        expected = {"sha256": digest, "name": "one.safetensors", "images_count": 0, "type": "loras", "path": path,
                    "size_bytes": 7}
        self.assertEqual({key: record[key] for key in expected}, expected)
        self.assertEqual([tag["name"] for tag in record["tags"]], ["loras"])
        self.assertIsNone(record["tags"][0]["color"])
        model = server.get(f"/api/models/{digest.upper()}")
        self.assertEqual(model["meta_json"], {"description": "", "community_links": "", "images_count": 0,
                                              "prompts": {"positive": "", "negative": ""}})
        self.assertEqual([location["path"] for location in model["locations"]], [path])
        self.assertTrue(model["verified"])
        self.assertEqual(model["images"], [])
        self.failure(server.request("GET", "/api/models/" + "0" * 64), 404, "NotFound")

    def test_an_edit_changes_what_it_has_and_keeps_unknown_keys_as_they_came(self):
        server = self.start()
        digest = self.add_model(server)
        body = ('{"name": "new", "path": "/etc", "images_count": 7, "created_at": "x", "meta_json": {"description": "d",'
                ' "prompts": {"positive": "p"}, "weight": 1.50e2, "images": ["x"], "\\u00e4": [null, 1E400]}}')
        answer = server.request("PATCH", f"/api/models/{digest}", body, {"Content-Type": "application/json"})
        self.assertIn(answer.status, [200, 400], answer.body)
        body = body.replace(", 1E400", "")
        answer = server.request("PATCH", f"/api/models/{digest}", body, {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body)
        model = answer.json()
        self.assertEqual((model["name"], model["type"]), ("new", "loras"))
        self.assertEqual(model["path"], self.path("models", "loras", "one.safetensors"))
        self.assertEqual(model["meta_json"], {"description": "d", "community_links": "", "images_count": 0,
                                              "prompts": {"positive": "p", "negative": ""}, "weight": 150.0, "ä": [None]})
        self.assertIn(b'"weight":1.50e2', answer.body)
        again = server.request("PATCH", f"/api/models/{digest}", {"meta_json": {"community_links": "l"}}).json()
        self.assertEqual((again["meta_json"]["description"], again["meta_json"]["community_links"]), ("d", "l"))

    def test_tags_are_set_by_number_by_string_and_by_name(self):
        server = self.start()
        digest = self.add_model(server)
        first, second = server.post("/api/tags_add", {"newtags": ["one", "two"]})["tags"]
        answer = server.request("PATCH", f"/api/models/{digest}", {
            "tags": [first["id"], str(second["id"]), {"id": -1, "name": "three"}, {"id": first["id"], "name": "x"}]})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([tag["name"] for tag in answer.json()["tags"]], ["one", "three", "two"])
        self.assertEqual(server.request("PATCH", f"/api/models/{digest}", {"tags": []}).json()["tags"], [])

    def test_an_edit_is_all_or_nothing(self):
        server = self.start()
        digest = self.add_model(server)
        before = server.get(f"/api/models/{digest}")
        tags = server.get("/api/tags")
        for edit in [{"tags": [{"id": -1, "name": "made"}, 999]}, {"tags": ["x"]}, {"tags": 1}, {"tags": [1.5]},
                     {"tags": [None]}, {"tags": [{"id": {"id": 1}}]}, {"tags": [{"name": "x"}]}, {"tags": [{"id": -1}]},
                     {"name": 1}, {"name": None}, {"type": []}, {"meta_json": "x"}, {"meta_json": [1]},
                     {"meta_json": {"description": 1}}, {"meta_json": {"prompts": {"positive": 1}}},
                     {"meta_json": {"prompts": "x"}}, {"name": "a\0b"}]:
            answer = server.request("PATCH", f"/api/models/{digest}", {"type": "new", **edit})
            self.failure(answer, 400)
        for body in ["", "[]", "{", "null", '{"name": "x"} x', '{"name": "\xff"}'.encode("latin-1"), "{'name': 'x'}"]:
            answer = server.request("PATCH", f"/api/models/{digest}", body, {"Content-Type": "application/json"})
            self.failure(answer, 400)
        self.assertEqual(server.get(f"/api/models/{digest}"), before)
        self.assertEqual(server.get("/api/tags"), tags)
        self.failure(server.request("PATCH", "/api/models/" + "0" * 64, {"name": "x"}), 404)

    def test_lists_filter_sort_and_go_on(self):
        server = self.start()
        for number in range(5):
            self.add_model(server, f"loras/l{number}.safetensors", b"x" * (number + 1))
        self.add_model(server, "vae/Vae_one.safetensors", b"v")
        self.write_model("vae/waiting.safetensors")
        self.write_model("in_root.safetensors", b"root")
        server.post("/api/scan")

        def names(query):
            return [record["name"].split(".")[0] for record in server.get("/api/models?" + query)["models"]]

        self.assertEqual(names("type=loras&sort=size&order=desc"), ["l4", "l3", "l2", "l1", "l0"])
        self.assertEqual(names("state=pending"), ["in_root", "waiting"])
        self.assertEqual(len(names("state=all")), 8)
        self.assertEqual(names("state=all&type=others"), ["in_root"])
        self.assertEqual(names("state=all&type=OTHERS&q=waiting"), [])
        self.assertEqual(names("q=vae+ONE"), ["Vae_one"])
        self.assertEqual(names("tag=vae&state=all"), ["Vae_one", "waiting"])
        self.assertEqual(names("tag=vae&tag=loras"), [])
        self.assertEqual(names("not_tag=loras"), ["Vae_one"])
        self.assertEqual(server.get("/api/models/get_types"), {"types": ["loras", "vae"]})
        page, seen = {"next_cursor": ""}, []
        while True:
            page = server.get(f"/api/models?limit=2&cursor={page['next_cursor']}")
            self.assertEqual(page["total"], 6)
            seen += [record["name"] for record in page["models"]]
            if not page["next_cursor"]:
                break
        self.assertEqual(len(set(seen)), 6)

    def test_a_type_alone_is_listed_whole(self):
        server = self.start()
        for number in range(120):
            self.write_model(f"loras/{number}.safetensors")
        ids = server.post("/api/scan")["pending_ids"]
        server.post("/api/migration/import_models", {"id": ids, "conflict_strategy": None})
        answer = server.get("/api/models?type=loras")
        self.assertEqual((len(answer["models"]), answer["total"], answer["next_cursor"]), (120, 120, ""))
        self.assertEqual(len(server.get("/api/models")["models"]), 100)

    def test_wrong_parameters_are_refused(self):
        server = self.start()
        for query in ["state=x", "sort=x", "order=x", "limit=0", "limit=-1", "limit=x", "limit=10001", "limit=1&limit=2",
                      "limit=1e1", "cursor=x", "q=%zz", "q=%00", "q=%ff", "sort=name&sort=size"]:
            self.failure(server.request("GET", "/api/models?" + query), 400)
        self.assertEqual(server.request("GET", "/api/models?unknown=1&rev=2").status, 200)

    def test_a_query_of_too_many_words_or_tags_is_refused(self):
        server = self.start()
        self.add_model(server)
        self.assertEqual(len(server.get("/api/models?q=" + "+".join(["safe"] * 100))["models"]), 1)
        self.assertEqual(len(server.get("/api/models?" + "&".join(["tag=loras"] * 100))["models"]), 1)
        for query in ["q=" + "+".join(["x"] * 101), "&".join(["tag=loras"] * 101),
                      "&".join(["not_tag=loras"] * 101)]:
            self.failure(server.request("GET", "/api/models?" + query), 400, "InvalidArgument")
        self.assertEqual(server.get("/api/models?q=" + "x" * 15_000)["models"], [])

    def test_a_list_that_was_kept_is_not_shown_after_a_change(self):
        server = self.start()
        digest = self.add_model(server)
        tag = server.get("/api/models")["models"][0]["tags"][0]["id"]
        for change in [("PATCH", f"/api/models/{digest}", {"name": "renamed"}),
                       ("PATCH", f"/api/tags/{tag}", {"color": "#ff0000"}),
                       ("PATCH", f"/api/tags/{tag}", {"name": "other"})]:
            before = server.get("/api/models")
            self.assertEqual(server.get("/api/models"), before)
            self.assertEqual(server.request(*change).status, 200)
            self.assertNotEqual(server.get("/api/models"), before)

    def test_a_model_goes_to_the_trash_and_comes_back(self):
        server = self.start()
        digest = self.add_model(server)
        path = self.path("models", "loras", "one.safetensors")
        self.assertEqual(server.request("DELETE", f"/api/models/{digest}").status, 200)
        self.assertEqual(server.get("/api/models")["total"], 0)
        self.assertEqual(server.get("/api/models?state=trash")["total"], 1)
        with open(path, "rb") as file:
            self.assertTrue(file.read())
        self.assertFalse(server.post(f"/api/models/{digest}/restore")["trashed"])
        self.assertEqual(server.get("/api/models")["total"], 1)
        for method, target in [("DELETE", ""), ("POST", "/restore")]:
            self.failure(server.request(method, "/api/models/" + "0" * 64 + target), 404, "NotFound")

    def test_tags_are_made_in_order_renamed_coloured_and_deleted(self):
        server = self.start()
        made = server.post("/api/tags_add", {"newtags": [" b ", "", "a", "  ", "b"]})["tags"]
        self.assertEqual([tag["name"] for tag in made], ["b", "a", "b"])
        self.assertEqual(made[0]["id"], made[2]["id"])
        number = made[0]["id"]
        answer = server.request("PATCH", f"/api/tags/{number}", {"name": "c", "color": "tomato"})
        self.assertEqual(answer.json(), {"id": number, "name": "c", "color": "tomato"})
        self.assertIsNone(server.request("PATCH", f"/api/tags/{number}", {"color": None}).json()["color"])
        self.failure(server.request("PATCH", f"/api/tags/{number}", {"name": "a"}), 409, "AlreadyExists")
        self.failure(server.request("PATCH", f"/api/tags/{number}", {"name": 1}), 400)
        self.failure(server.request("PATCH", "/api/tags/999", {"name": "x"}), 404)
        self.assertEqual(server.request("DELETE", f"/api/tags/{number}").status, 200)
        self.failure(server.request("DELETE", f"/api/tags/{number}"), 404)
        for body in [{}, {"newtags": "x"}, {"newtags": [1]}, {"newtags": ["x" * 2000]}]:
            self.failure(server.request("POST", "/api/tags_add", body), 400 if "x" * 2000 not in json.dumps(body) else 400)
        self.assertEqual([tag["name"] for tag in server.get("/api/tags")["tags"]], ["a"])

    def test_changes_are_told_in_order(self):
        server = self.start()
        digest = self.add_model(server)
        changes = server.get("/api/changes?since=0")
        self.assertIn({"kind": "created", "id": digest, "what": "model"},
                      [{key: change[key] for key in ("kind", "id", "what")} for change in changes["changes"]])
        server.request("PATCH", f"/api/models/{digest}", {"name": "x"})
        later = server.get(f"/api/changes?since={changes['revision']}")
        self.assertEqual([(change["kind"], change["id"]) for change in later["changes"]], [("changed", digest)])
        self.assertEqual(server.get(f"/api/changes?since={later['revision']}")["changes"], [])
        # As after a store was put back to an earlier state.
        for since in [later["revision"] + 1, 2**63 - 1]:
            self.failure(server.request("GET", f"/api/changes?since={since}"), 410, "NotFound")
        for since in ["-1", "x", "1.0"]:
            self.failure(server.request("GET", "/api/changes?since=" + since), 400)

    def test_statistics_count(self):
        server = self.start()
        digest = self.add_model(server, content=b"12345")
        server.upload(digest, server_case.png())
        numbers = server.get("/api/stats")
        self.assertEqual((numbers["models"], numbers["previews"], numbers["model_bytes"], numbers["pending"]),
                         (1, 1, 5, 0))


if __name__ == "__main__":
    server_case.main()
