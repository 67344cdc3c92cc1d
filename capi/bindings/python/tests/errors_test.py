"""Errors, codes and the library that is loaded."""

import copy
import errno
import inspect
import os
import pickle
import re
import sys

import modelstore as ms
import pytest
from modelstore import _native, errors

HEADER = os.path.join(os.path.dirname(__file__), "..", "..", "..", "include", "modelstore.h")

ALL = errors._CLASSES.values()


def test_there_is_a_class_for_every_code_of_the_header():
    with open(HEADER, encoding="utf-8") as file:
        numbers = re.findall(r"^  MODELSTORE_(\w+) = (\d+),? +/\* ", file.read().split("modelstore_status_name")[0], re.M)
    named = {name: int(number) for name, number in numbers}
    assert {code.name: code.value for code in ms.ErrorCode} == named
    assert {kind.code for kind in ALL} == set(ms.ErrorCode)


def test_a_class_is_named_like_its_code():
    import ctypes
    name = _native.plain("status_name", ctypes.c_char_p, ctypes.c_int32)
    for kind in ALL:
        assert name(kind.code).decode() == kind.__name__
        assert getattr(ms, kind.__name__) is kind


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_survives_copying_and_pickling(kind):
    error = kind("a line")
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is kind
        assert (other.code, other.message, str(other)) == (error.code, "a line", "a line")


@pytest.mark.parametrize("kind, other", [(ms.FileMissing, FileNotFoundError), (ms.FileUnreadable, PermissionError),
                                         (ms.NoSpace, OSError), (ms.Io, OSError), (ms.OutOfMemory, MemoryError),
                                         (ms.InvalidArgument, ValueError), (ms.NotFound, LookupError)])
def test_an_error_is_what_python_calls_it(kind, other):
    assert issubclass(kind, other) and issubclass(kind, ms.Error)


def test_a_missing_file_has_its_number():
    assert ms.FileMissing("x").errno == errno.ENOENT


def test_a_code_that_only_a_newer_library_knows_is_an_error_nevertheless():
    error = errors.make_error(12345, "news")
    assert type(error) is ms.Error and error.code == 12345 and str(error) == "news"
    assert ms.Failure(12345, "news").to_error().code == 12345
    assert errors.error_code(12345) == 12345


def test_a_failure_becomes_the_exception_of_its_code():
    error = ms.Failure(ms.ErrorCode.BUSY, "wait").to_error()
    assert isinstance(error, ms.Busy) and error.message == "wait"


def test_versions_are_told():
    assert re.fullmatch(r"1\.\d+\.\d+", ms.library_version())
    assert re.fullmatch(r"1\.\d+\.\d+", ms.__version__)


def test_every_public_name_is_there():
    for name in ms.__all__:
        assert hasattr(ms, name), name
    for name, value in vars(ms).items():
        if inspect.isclass(value) and value.__module__.startswith("modelstore"):
            assert name in ms.__all__


def test_every_function_of_the_header_is_reached():
    with open(HEADER, encoding="utf-8") as file:
        functions = set(re.findall(r"MODELSTORE_API (?:[\w ]+?[ *]+)modelstore_(\w+)\(", file.read()))
    assert len(functions) > 70
    bound = set(_native.bound)
    # What Python does itself, or what one function for many does.
    done_here = {"sha256_parse", "sha256_format", "job_watch", "error_status", "database_find_by_path"}
    assert functions - bound - done_here == set()
    assert bound - functions == set()


def test_a_library_that_is_not_there_is_said_by_name(run_python, monkeypatch, tmp_path):
    monkeypatch.setenv("MODELSTORE_LIBRARY", str(tmp_path / "absent.so"))
    done = run_python("import modelstore")
    assert done.returncode == 1
    assert "ImportError" in done.stderr and "absent.so" in done.stderr and "MODELSTORE_LIBRARY" in done.stderr


def test_a_library_that_is_another_one_is_refused(run_python, monkeypatch, tmp_path):
    monkeypatch.setenv("MODELSTORE_LIBRARY", "libm.so.6")
    done = run_python("import modelstore")
    assert done.returncode == 1
    assert "ImportError" in done.stderr and "libm.so.6" in done.stderr


def test_importing_starts_no_thread_and_prints_nothing(run_python):
    done = run_python("import os, modelstore; assert len(os.listdir('/proc/self/task')) == 1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_package_needs_nothing_but_the_standard_library(run_python):
    done = run_python("import sys; before = set(sys.modules); import modelstore\n"
                      "new = {name.split('.')[0].lstrip('_') for name in set(sys.modules) - before} - {'modelstore'}\n"
                      "standard = {name.lstrip('_') for name in sys.stdlib_module_names}\n"
                      "sys.exit(str(new - standard) if new - standard else 0)")
    assert done.returncode == 0, done.stderr
    assert sys.version_info >= (3, 9)
