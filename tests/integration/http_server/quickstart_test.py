#!/usr/bin/env python3
"""The README's way through the whole job with curl alone works as it stands there."""

import os
import re
import subprocess

import server_case

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "README.md")


class Test(server_case.Case):
    def commands(self):
        """The block of shell commands that begins with the address of the server."""
        with open(README, encoding="utf-8") as file:
            blocks = re.findall(r"^```sh\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
        found = [block for block in blocks if block.startswith("server=")]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_the_readme_takes_over_a_legacy_store_with_curl(self):
        sample = self.path("sample")
        subprocess.run([server_case.SAMPLE, sample], check=True, stdout=subprocess.DEVNULL)
        server = server_case.Server(server_case.PROGRAM, self.data, "--models", sample + "/models", "--legacy",
                                    sample + "/legacy", token="secret")
        self.addCleanup(self.end, server)
        text = self.commands()
        text, replaced = re.subn(r"(?m)^server=.*\nsample=.*$",
                                 f"server=http://127.0.0.1:{server.port}\nsample={sample}", text)
        self.assertEqual(replaced, 1)
        for line in text.splitlines():
            self.assertRegex(line, "^(curl |server=|sample=|  )")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, capture_output=True, text=True,
                              timeout=server_case.PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertNotIn('"code":"', re.sub(r'"code":""', "", done.stdout))
        self.assertEqual(done.stdout.count('"db_migration"'), 2)
        self.assertIn('"success":[4,5]', done.stdout)
        with open(self.path("preview.webp"), "rb") as file:
            head = file.read(12)
        self.assertEqual((head[:4], head[8:]), (b"RIFF", b"WEBP"))
        self.assertEqual(server.get("/api/stats")["pending"], 35)


if __name__ == "__main__":
    server_case.main()
