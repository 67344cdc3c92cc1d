#!/usr/bin/env python3
"""Previews and the pictures of pending records over HTTP."""

import os

import server_case


class Test(server_case.Case):
    def with_images(self, count=1):
        server = self.start()
        digest = self.add_model(server)
        for number in range(count):
            server.upload(digest, server_case.png(40 + number, 30))
        return server, digest

    def images(self, server, digest):
        return server.get(f"/api/models/{digest}")["images"]

    def test_an_upload_becomes_the_last_preview(self):
        server, digest = self.with_images(0)
        for number in range(3):
            answer = server.upload(digest.upper(), server_case.png(40, 30))
            self.assertEqual((answer["status"], answer["base_name"]), ("success", f"{digest}_{number}"))
            self.assertEqual(self.images(server, digest)[-1]["id"], answer["id"])
        self.assertEqual(server.get(f"/api/images/get_img_count?sha256={digest}"), {"count": 3})
        self.assertEqual(server.get("/api/models")["models"][0]["images_count"], 3)
        self.verify_is_clean(server)

    def test_pictures_are_decoded_in_processes_of_their_own_where_that_is_asked_for(self):
        server = self.start("--isolated")
        digest = self.add_model(server)
        self.assertEqual(server.upload(digest, server_case.png())["base_name"], f"{digest}_0")
        self.failure(self.form(server, [("image", server_case.png()[:60]), ("sha256", digest)]), 415)
        self.verify_is_clean(server)

    def form(self, server, parts):
        body, kind = server_case.multipart(parts)
        return server.request("POST", "/api/images/upload", body, {"Content-Type": kind})

    def test_the_parts_of_an_upload_come_in_any_order(self):
        server, digest = self.with_images(0)
        for parts in [[("sha256", digest), ("image", server_case.png(), "x.png")],
                      [("extra", "x"), ("image", server_case.png()), ("sha256", digest)]]:
            answer = self.form(server, parts)
            self.assertEqual(answer.status, 200, answer.body)

    def test_uploads_that_are_wrong_change_nothing(self):
        server, digest = self.with_images(0)
        picture = server_case.png()
        for parts, status in [([("sha256", digest)], 400), ([("image", picture)], 400), ([], 400),
                              ([("image", picture), ("sha256", "x")], 400),
                              ([("image", picture), ("image", picture), ("sha256", digest)], 400),
                              ([("image", picture), ("sha256", digest), ("sha256", digest)], 400),
                              ([("image", picture), ("sha256", "0" * 64)], 404),
                              ([("image", b"<svg/>"), ("sha256", digest)], 415),
                              ([("image", b""), ("sha256", digest)], 415),
                              ([("image", picture[:-20]), ("sha256", digest)], 415),
                              ([("image", picture[:60]), ("sha256", digest)], 415)]:
            self.failure(self.form(server, parts), status)
        body, kind = server_case.multipart([("image", picture), ("sha256", digest)])
        for sent, header in [(body[:-4], kind), (body, "multipart/form-data"), (body, kind + "x"), (b"", kind),
                             (body.replace(b"form-data", b"attachment"), kind)]:
            self.failure(server.request("POST", "/api/images/upload", sent, {"Content-Type": header}), 400)
        large = server_case.multipart([("image", b"x" * (21 << 20)), ("sha256", digest)])[0]
        self.failure(server.request("POST", "/api/images/upload", large, {"Content-Type": kind}), 413)
        self.assertEqual(self.images(server, digest), [])
        self.verify_is_clean(server)

    def test_a_preview_is_named_by_its_position(self):
        server, digest = self.with_images(2)
        first, second = self.images(server, digest)
        for name, image in [(digest, first), (f"{digest}_0", first), (f"{digest}_1.webp", second),
                            (f"{digest.upper()}.webp", first)]:
            answer = server.request("GET", f"/api/images/{name}")
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/webp"))
            self.assertEqual(server_case.sha256(answer.body), image["digests"]["high"])
        for quality, tier in [("high", "high"), ("medium", "medium"), ("low", "low"), ("best", "high"), ("", "high")]:
            answer = server.request("GET", f"/api/images/{digest}?quality={quality}&rev=7")
            self.assertEqual(server_case.sha256(answer.body), first["digests"][tier])
        self.failure(server.request("GET", f"/api/images/{digest}_2"), 404)
        self.failure(server.request("GET", "/api/images/" + "0" * 64), 404)

    def test_what_may_be_kept_for_ever_says_so(self):
        server, digest = self.with_images(1)
        image = self.images(server, digest)[0]
        low = image["digests"]["low"]
        target = f"/api/images/{digest}_0?quality=low"
        self.assertEqual(server.request("GET", target).headers["Cache-Control"], "no-cache")
        self.assertEqual(server.request("GET", target + "&v=" + "0" * 64).headers["Cache-Control"], "no-cache")
        self.assertIn("immutable", server.request("GET", target + "&v=" + low).headers["Cache-Control"])
        answer = server.request("GET", f"/files/{image['files']['low']}")
        self.assertEqual(server_case.sha256(answer.body), low)
        self.assertIn("immutable", answer.headers["Cache-Control"])

    def test_a_client_that_has_it_is_told_so(self):
        server, digest = self.with_images(1)
        for target in [f"/api/images/{digest}_0", "/files/" + self.images(server, digest)[0]["files"]["medium"]]:
            tag = server.request("GET", target).headers["ETag"]
            for value in [tag, f'"x", {tag}', "W/" + tag, "*"]:
                answer = server.request("GET", target, headers={"If-None-Match": value})
                self.assertEqual((answer.status, answer.body, answer.headers["ETag"]), (304, b"", tag))
            self.assertEqual(server.request("GET", target, headers={"If-None-Match": '"x"'}).status, 200)

    def test_parts_of_a_picture_are_sent(self):
        server, digest = self.with_images(1)
        for target in [f"/api/images/{digest}_0", "/files/" + self.images(server, digest)[0]["files"]["high"]]:
            whole = server.request("GET", target)
            size = len(whole.body)
            for header, part in [("bytes=0-9", whole.body[:10]), ("bytes=5-", whole.body[5:]),
                                 ("bytes=-7", whole.body[-7:]), (f"bytes=0-{size * 2}", whole.body)]:
                answer = server.request("GET", target, headers={"Range": header})
                self.assertEqual((answer.status, answer.body), (206, part))
                self.assertRegex(answer.headers["Content-Range"], rf"^bytes \d+-\d+/{size}$")
            answer = server.request("GET", target, headers={"Range": f"bytes={size}-"})
            self.failure(answer, 416, "InvalidArgument")
            self.assertEqual(answer.headers["Content-Range"], f"bytes */{size}")
            for header in ["Bytes=0-1", "BYTES=0-1", f"bytes=0-{'9' * 30}"]:
                self.assertEqual(server.request("GET", target, headers={"Range": header}).status, 206, header)
            # Ranges are for GET.
            answer = server.request("HEAD", target, headers={"Range": "bytes=0-9"})
            self.assertEqual((answer.status, answer.headers["Content-Length"]), (200, str(size)))
            for header in ["bytes=0-1,3-4", "lines=1-2", "bytes=x"]:
                self.assertEqual(server.request("GET", target, headers={"Range": header}).body, whole.body)
            answer = server.request("GET", target, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
            self.assertEqual(answer.status, 200)
            self.assertEqual(server.request("HEAD", target).headers["Content-Length"], str(size))

    def test_pictures_are_deleted_and_the_later_ones_move_down(self):
        server, digest = self.with_images(3)
        first, second, third = self.images(server, digest)
        low = "/files/" + second["files"]["low"]
        self.assertEqual(server.request("GET", low).status, 200)
        self.assertEqual(server.request("DELETE", f"/api/images/delete?sha256={digest}&seq=1").json(),
                         {"status": "success"})
        self.assertEqual([(image["id"], image["position"]) for image in self.images(server, digest)],
                         [(first["id"], 0), (third["id"], 1)])
        # From memory it is not served any more either.
        self.failure(server.request("GET", low), 404)
        self.assertEqual(server.request("DELETE", f"/api/images/delete?id={third['id']}").status, 200)
        for query in [f"id={third['id']}", f"sha256={digest}&seq=1", f"sha256={'0' * 64}&seq=0"]:
            self.failure(server.request("DELETE", "/api/images/delete?" + query), 404)
        for query in ["", f"sha256={digest}", "seq=0", "id=x", f"sha256={digest}&seq=-1", f"sha256={digest}&seq=x"]:
            self.failure(server.request("DELETE", "/api/images/delete?" + query), 400)
        self.verify_is_clean(server)

    def test_pictures_are_put_in_order(self):
        server, digest = self.with_images(3)
        ids = [image["id"] for image in self.images(server, digest)]
        answer = server.request("PUT", "/api/images/order", {"sha256": digest, "order": ids[::-1]})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([image["id"] for image in self.images(server, digest)], ids[::-1])
        for order in [ids[:2], ids + [999], ids[:2] + ids[:1], []]:
            answer = server.request("PUT", "/api/images/order", {"sha256": digest, "order": order})
            self.assertIn(answer.status, [400, 404], order)
        for body in [{}, {"sha256": digest}, {"sha256": digest, "order": ["1"]}, {"sha256": "x", "order": ids}]:
            self.failure(server.request("PUT", "/api/images/order", body), 400)
        self.assertEqual([image["id"] for image in self.images(server, digest)], ids[::-1])

    def test_what_is_not_there_is_named(self):
        server, digest = self.with_images(1)
        absent = "0" * 64
        form, kind = server_case.multipart([("sha256", absent), ("image", server_case.png(), "a.png")])
        for method, target, body, headers in [
                ("GET", f"/api/images/get_img_count?sha256={absent}", None, {}),
                ("DELETE", f"/api/images/delete?sha256={absent}&seq=0", None, {}),
                ("PUT", "/api/images/order", {"sha256": absent, "order": []}, {}),
                ("POST", "/api/images/upload", form, {"Content-Type": kind}), ("GET", f"/api/models/{absent}", None, {})]:
            message = self.failure(server.request(method, target, body, headers), 404, "NotFound")
            self.assertIn(absent, message, (method, target))
        self.assertIn("'999'", self.failure(server.request("DELETE", "/api/images/delete?id=999"), 404))
        self.assertIn(digest, self.failure(server.request("DELETE", f"/api/images/delete?sha256={digest}&seq=5"), 404))

    def test_pictures_of_pending_records_are_sent_as_they_came(self):
        legacy = self.add_legacy()
        picture = server_case.png()
        legacy.add("/gone/a", extra={"images": ["a.jpg"]})
        legacy.add_picture("a.jpg", picture)
        server = self.start("--legacy", legacy.folder)
        server.post("/api/migration/migrate_legacy_db", {"legacy_db_path": legacy.file})
        name = server.get("/api/migration/pending_models")["models"][0]["image"]
        for target in [name, name.split(".")[0]]:
            answer = server.request("GET", f"/api/images/pending/{target}")
            self.assertEqual((answer.status, answer.body, answer.headers["Content-Type"]), (200, picture, "image/png"))
            self.assertNotIn("Content-Disposition", answer.headers)
        for absent in ["999", "999.png", name.split(".")[0] + ".exe", "0", "x", name + "x"]:
            self.assertIn(server.request("GET", f"/api/images/pending/{absent}").status, [400, 404])
        # What is no picture, however it came there, is nothing to show.
        with open(os.path.join(self.data, "images", "pending", "77.png"), "wb") as file:
            file.write(b"<html><script>alert(1)</script>")
        answer = server.request("GET", "/api/images/pending/77.png")
        self.assertEqual(answer.headers["Content-Type"], "application/octet-stream")
        self.assertEqual(answer.headers["Content-Disposition"], "attachment")

    def test_links_in_the_store_are_not_followed(self):
        server, digest = self.with_images(1)
        secret = self.write("secret", b"secret")
        for folder, name, target in [("images", digest + "_7_low.webp", f"/files/{digest}_7_low.webp"),
                                     ("images/pending", "7.png", "/api/images/pending/7.png")]:
            os.symlink(secret, os.path.join(self.data, folder, name))
            self.failure(server.request("GET", target), 404)


if __name__ == "__main__":
    server_case.main()
