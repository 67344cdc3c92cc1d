"""The quickstart does what the one in C++ does."""

import os
import re
import subprocess
import sys

import pytest
from conftest import PACKAGE

SCRIPT = os.path.join(PACKAGE, "examples", "quickstart.py")


@pytest.fixture
def both(program, tmp_path):
    """Runs both with the same arguments, each in a folder of its own."""
    def run(*arguments):
        ended = []
        for name, command in (("cpp", [program("MODELSTORE_QUICKSTART")]), ("python", [sys.executable, SCRIPT])):
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            done = subprocess.run([*command, *map(str, arguments)], cwd=folder, capture_output=True, text=True,
                                  check=False, env={**os.environ, "PYTHONPATH": PACKAGE})
            saved = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
            ended.append((done, saved))
        return ended

    return run


@pytest.mark.parametrize("words", ["lighthouse", ""])
def test_it_prints_and_saves_the_same(both, sample, words):
    (cpp, cpp_saved), (python, python_saved) = both("data", sample, words)
    assert cpp.returncode == python.returncode == 0, python.stderr
    assert sorted(python.stdout.splitlines()) == sorted(cpp.stdout.splitlines())
    assert not any(line.endswith("found") and line[0] != "0" for line in cpp.stdout.splitlines()) or cpp_saved
    assert python_saved == cpp_saved


def test_lists_come_in_the_same_order(both, sample):
    both("data", sample, "a")
    (cpp, _), (python, _) = both("data", sample, "a")
    assert python.stdout == cpp.stdout and "0 promoted" in python.stdout


def reason(run):
    """The last line, without the progress that it stands behind."""
    return re.sub(r"^\d+ of \d+", "", run.stderr.splitlines()[-1])


@pytest.mark.parametrize("arguments", [("data", "absent.db", "x"), ("data", ".", "x"), ("data",), ()])
def test_it_fails_the_same_way(both, arguments):
    (cpp, _), (python, _) = both(*arguments)
    assert python.returncode == cpp.returncode != 0
    assert python.stdout == cpp.stdout == ""
    if len(arguments) == 3:
        assert reason(python) == reason(cpp).replace("/cpp ", "/python ")
