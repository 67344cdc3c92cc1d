"""What the tests share. They need a library, and find the programs of the build by environment variables."""

import hashlib
import os
import struct
import subprocess
import sys
import zlib

import pytest

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, PACKAGE)

import modelstore as ms  # noqa: E402  pylint: disable=wrong-import-position


def make_png(width=64, height=48, color=(200, 30, 30)):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(color) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def store(tmp_path):
    with ms.Store(tmp_path / "store", create=True) as opened:
        yield opened


@pytest.fixture
def database(store):
    return ms.Database(store)


@pytest.fixture
def models(tmp_path):
    """A folder with three models of two types."""
    folder = tmp_path / "models"
    for name in ("loras/one.safetensors", "loras/zwölf.safetensors", "vae/three.safetensors"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 1000)
    return folder


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(make_png())
    return path


@pytest.fixture
def endless(tmp_path):
    """Starts a batch of a hasher that is not done until it is cancelled."""
    path = tmp_path / "waits.bin"
    path.write_bytes(b"waits")

    def start(hasher, **options):
        hasher.pause()
        return hasher.hash_all([path], **options)

    return start


@pytest.fixture(autouse=True)
def unraisable(monkeypatch, request):
    """The exceptions that were reported without a caller: none, unless a test asks for them."""
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    yield seen
    if "unraisable" not in request.function.__code__.co_varnames:
        assert [seen_one.exc_value for seen_one in seen] == []


@pytest.fixture(scope="session")
def program():
    """The path of a program of the build: its variable has to be set."""
    def find(variable):
        return os.environ[variable]

    return find


@pytest.fixture(scope="session")
def sample(tmp_path_factory, program):
    """A sample legacy store: the path of its database."""
    folder = tmp_path_factory.mktemp("sample") / "sample"
    subprocess.run([program("MODELSTORE_SAMPLE_STORE"), folder], check=True, capture_output=True)
    return folder / "legacy" / "hikaze_mm.sqlite3"


@pytest.fixture
def run_python():
    """Runs a program of its own with the package, and returns how it ended."""
    def run(code, *arguments, timeout=120):
        environment = {**os.environ, "PYTHONPATH": PACKAGE}
        return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], env=environment, timeout=timeout,
                              capture_output=True, text=True, check=False)

    return run
