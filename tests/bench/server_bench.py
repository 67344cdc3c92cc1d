#!/usr/bin/env python3
"""Measures the HTTP server against nginx on the same machine, with wrk: server_bench.py BUILD [--seconds N] [--models N]

  S1  GET of a low tier, 32 connections: requests a second, beside nginx serving the same file
  S2  GET of the first page of 100 models
  S3  the 99th percentile of a GET while two hashing jobs and an import of pictures run, beside that of an idle server
  and the memory of a server that waits, with its models

It prints one table and never fails for a figure. wrk and nginx are Debian packages: wrk, nginx-light.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration", "http_server"))
import server_case  # noqa: E402  (the tests' own way to start a server and to make pictures)

CONNECTIONS = 32


def wrk(url, seconds, connections=CONNECTIONS):
    """Requests a second, and the 99th percentile in ms."""
    output = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", url],
                            capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", output).groups()
    if "Non-2xx" in output:
        raise RuntimeError(output)
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


class Nginx:
    """Serves a folder below /files/ with nginx."""

    def __init__(self, folder, images):
        self.port = server_case.free_port()
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"""
                worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;
                events {{ worker_connections 1024; }}
                http {{
                  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
                  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
                  uwsgi_temp_path {folder}; scgi_temp_path {folder};
                  types {{ image/webp webp; }}
                  server {{ listen 127.0.0.1:{self.port}; location /files/ {{ alias {images}/; }} }}
                }}""")
        if os.geteuid() == 0:
            with open(config, "r+", encoding="utf-8") as file:
                text = file.read()
                file.seek(0)
                file.write("user root;" + text)
        self.process = subprocess.Popen(["nginx", "-c", config], stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def latencies(server, target, seconds):
    """The times in ms of GETs one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        connection.request("GET", target)
        connection.getresponse().read()
        times.append((time.monotonic() - start) * 1000)
        time.sleep(0.002)
    connection.close()
    return sorted(times)


def percentile(times, part):
    return times[min(len(times) - 1, int(len(times) * part))]


def run(arguments, folder):
    programs = {name: os.path.join(arguments.build, "bin", name)
                for name in ("modelstore_server", "modelstore_bench_legacy", "modelstore_sample_store")}
    legacy = os.path.join(folder, "legacy", "large.sqlite3")
    os.makedirs(os.path.dirname(legacy))
    # Half of its rows are hashed, and so become models.
    subprocess.run([programs["modelstore_bench_legacy"], legacy, str(2 * arguments.models), "5"], check=True,
                   stdout=subprocess.DEVNULL)
    sample = os.path.join(folder, "sample")
    subprocess.run([programs["modelstore_sample_store"], sample], check=True, stdout=subprocess.DEVNULL)
    big = []
    for name in ("a", "b"):
        big.append(os.path.join(folder, "models", name + ".safetensors"))
        os.makedirs(os.path.dirname(big[-1]), exist_ok=True)
        with open(big[-1], "wb") as file:
            file.truncate(1 << 40)

    def start():
        return server_case.Server(programs["modelstore_server"], os.path.join(folder, "store"), "--no-token",
                                  "--legacy", os.path.dirname(legacy), "--models", os.path.join(folder, "models"),
                                  "--legacy", os.path.join(sample, "legacy"))

    server = start()
    server.post("/api/migration/migrate_legacy_db", {"legacy_db_path": legacy})
    models = server.get("/api/models?limit=1&type=")["total"]
    digest = server.get("/api/models?limit=1")["models"][0]["sha256"]
    server.upload(digest, server_case.png(768, 512))
    low = server.get("/api/models/" + digest)["images"][0]["files"]["low"]
    server.stop()

    server = start()
    server.get("/api/models")
    time.sleep(1)
    idle = resident_mib(server.process.pid)

    rows = []
    base = f"http://127.0.0.1:{server.port}"
    nginx = Nginx(folder, os.path.join(folder, "store", "images"))
    time.sleep(0.5)
    peer, _ = wrk(f"http://127.0.0.1:{nginx.port}/files/{low}", arguments.seconds)
    nginx.stop()
    ours, _ = wrk(f"{base}/files/{low}", arguments.seconds)
    rows.append(("S1 GET of a low tier, requests/s", ours, "nginx", peer, f"{ours / peer:.2f}", ">= 0.3"))
    by_position, _ = wrk(f"{base}/api/images/{digest}_0?quality=low", arguments.seconds)
    rows.append(("   the same by position, requests/s", by_position, "nginx", peer, f"{by_position / peer:.2f}", ""))
    pages, _ = wrk(f"{base}/api/models", arguments.seconds)
    rows.append((f"S2 first page of 100 of {models}, requests/s", pages, "", 500, f"{pages / 500:.2f}", ">= 1"))

    target = f"/files/{low}"
    quiet = percentile(latencies(server, target, arguments.seconds), 0.99)
    page_quiet = percentile(latencies(server, "/api/models?limit=10", arguments.seconds), 0.99)
    jobs = [server.post("/api/models/sha256?async=1", {"path": path})["job"] for path in big]
    stop = threading.Event()

    def decode():
        client = server.client()
        while not stop.is_set():
            client.upload(digest, server_case.png(1024, 1024))

    importer = threading.Thread(target=decode)
    importer.start()
    busy = percentile(latencies(server, target, arguments.seconds), 0.99)
    page_busy = percentile(latencies(server, "/api/models?limit=10", arguments.seconds), 0.99)
    stop.set()
    importer.join()
    for job in jobs:
        server.request("DELETE", f"/api/jobs/{job}")
    rows.append(("S3 99th percentile of a low tier under load, ms", busy, "idle", quiet, f"{busy / quiet:.2f}", "<= 5"))
    rows.append(("   of a page of 10 models, ms", page_busy, "idle", page_quiet, f"{page_busy / page_quiet:.2f}", "<= 5"))
    rows.append((f"   resident with {models} models, waiting, MiB", idle, "", 64, f"{idle / 64:.2f}", "<= 1"))
    rows.append(("   resident after all of this, MiB", resident_mib(server.process.pid), "", 0, "", ""))
    server.stop()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="folder of a build")
    parser.add_argument("--seconds", type=int, default=5, help="for each measurement")
    parser.add_argument("--models", type=int, default=60_000)
    arguments = parser.parse_args()
    for tool in ("wrk", "nginx"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed: apt-get install wrk nginx-light")
    folder = tempfile.mkdtemp(prefix="modelstore-bench-")
    try:
        print(f"{'':52}{'ours':>10}  {'peer':>16}  {'ratio':>6}  target")
        for name, ours, peer, figure, ratio, target in run(arguments, folder):
            other = f"{peer} {figure:,.1f}".strip() if figure else ""
            print(f"{name:52}{ours:>10,.1f}  {other:>16}  {ratio:>6}  {target}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
