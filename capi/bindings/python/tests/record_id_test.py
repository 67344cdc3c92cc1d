"""Digests and the names of records."""

import json
import pickle

import modelstore as ms
import pytest
from modelstore.record_id import digest_bytes, record_bytes

HEX = "0123456789abcdef" * 4
RAW = bytes.fromhex(HEX)


def test_a_model_is_named_by_its_digest():
    for given in (HEX, HEX.upper(), RAW, ms.RecordId(HEX)):
        record = ms.RecordId(given)
        assert record == HEX and record.is_model and not record.is_pending
        assert record.sha256 == HEX and type(record.sha256) is str


def test_a_pending_record_is_named_by_its_number():
    for record in (ms.RecordId("pending:7"), ms.RecordId.pending(7)):
        assert record == "pending:7" and record.is_pending and record.number == 7


def test_an_id_is_a_str():
    record = ms.RecordId.pending(3)
    assert {record: 1}["pending:3"] == 1
    assert json.dumps([record]) == '["pending:3"]'
    assert pickle.loads(pickle.dumps(record)) == record and type(pickle.loads(pickle.dumps(record))) is ms.RecordId
    assert eval(repr(record), {"RecordId": ms.RecordId}) == record


@pytest.mark.parametrize("bad", ["", "x", HEX[1:], HEX + "0", "g" + HEX[1:], "pending:", "pending:0", "pending:-1",
                                 "pending:1 ", "Pending:1", "pending:99999999999999999999", "\0", HEX[:-1] + "\0",
                                 " " * 64, "\ud800" * 64, b"", b"\0" * 31, HEX.encode()])
def test_what_is_no_id_is_refused(bad):
    with pytest.raises(ms.InvalidArgument):
        ms.RecordId(bad)


@pytest.mark.parametrize("bad", [None, 1, 1.5, [], object()])
def test_what_could_be_no_id_is_a_type_error(bad):
    with pytest.raises(TypeError):
        ms.RecordId(bad)
    with pytest.raises(TypeError):
        digest_bytes(bad)


def test_a_model_has_no_number_and_a_pending_record_no_digest():
    with pytest.raises(ms.InvalidArgument):
        ms.RecordId(HEX).number
    with pytest.raises(ms.InvalidArgument):
        ms.RecordId("pending:1").sha256
    with pytest.raises(ms.InvalidArgument):
        ms.RecordId.pending(0)


def test_a_digest_is_taken_in_each_form():
    assert digest_bytes(HEX) == digest_bytes(HEX.upper()) == digest_bytes(RAW) == digest_bytes(bytearray(RAW)) == RAW


@pytest.mark.parametrize("bad", ["", HEX[1:], HEX[:-2] + "  ", "pending:1", HEX[:-1] + "x", "é" * 64, b"", RAW + b"\0"])
def test_what_is_no_digest_is_refused(bad):
    with pytest.raises(ms.InvalidArgument):
        digest_bytes(bad)


def test_an_id_crosses_as_the_struct_of_the_header():
    assert record_bytes(HEX) == RAW + bytes(8)
    assert record_bytes("pending:258") == bytes(32) + b"\x02\x01" + bytes(6)
