"""Words, rules and endings, which need no store."""

import modelstore as ms
import pytest


def test_enumerators_have_the_words_of_the_library():
    assert ms.ErrorCode.NOT_FOUND.word == "NotFound" and ms.ErrorCode.IO.word == "Io"
    assert ms.ProblemKind.PREVIEW_FILE_MISSING.word == "PreviewFileMissing"
    assert [policy.word for policy in ms.ConflictPolicy] == ["merge", "report", "replace", "keep", "discard"]
    for kind in (ms.ErrorCode, ms.ProblemKind):
        assert all(each.word.lower() == each.name.replace("_", "").lower() for each in kind)


def test_a_policy_is_found_by_its_word():
    assert [ms.ConflictPolicy.parse(policy.word) for policy in ms.ConflictPolicy] == list(ms.ConflictPolicy)
    for word in ("", "Merge", "unknown", "default"):
        with pytest.raises(ms.InvalidArgument):
            ms.ConflictPolicy.parse(word)
    with pytest.raises(TypeError):
        ms.ConflictPolicy.parse(1)


def test_a_rule_is_read():
    assert ms.PathRule.parse("D:\\m=/mnt/ä=1") == ms.PathRule("D:\\m", "/mnt/ä=1")
    for text in ("", "=", "a=", "=b", "ab"):
        with pytest.raises(ms.InvalidArgument):
            ms.PathRule.parse(text)


def test_a_path_is_mapped_by_the_first_rule_that_matches():
    rules = [ms.PathRule.parse("D:\\models=/mnt"), ("/a", "/b"), ("/a", "/c")]
    assert ms.map_path(rules, "d:\\Models\\x\\y.ckpt") == "/mnt/x/y.ckpt"
    assert ms.map_path(rules, "/a/x") == "/b/x"
    assert ms.map_path({"/a": "/b"}, b"/a/\xff") == "/b/\udcff"
    assert ms.map_path(rules, "/ab/x") is None and ms.map_path((), "/a") is None


def test_the_usual_endings_are_told():
    endings = ms.Scanner.usual_extensions()
    assert ".safetensors" in endings and all(ending.startswith(".") for ending in endings)
