from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.problems import HttpError
from app.web.wechat.message import fields_of, message_of, text_reply, transfer_reply
from scripts.fake_wechat import as_xml, text_message

BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><xml><Content>&c;</Content></xml>'
FILE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><xml><Content>&b;</Content></xml>'


def test_a_message_is_read_from_xml_and_from_json():
    fields = text_message("贷款贴息 <多少> & 何时", number="123")
    xml = message_of(*fields_of(as_xml(fields)))
    assert (xml.content, xml.sender, xml.number) == ("贷款贴息 <多少> & 何时", "openid-anna", "123")
    json = message_of(
        *fields_of(b'{"FromUserName":"a","ToUserName":"b","MsgType":"text","MsgId":7,"Content":"x"}')
    )
    assert (json.number, json.content, json.form) == ("7", "x", "json")


@pytest.mark.parametrize("body", [b"", b"x", b"<xml>", b"{", b"[]", b"{}", b"<xml/>", BOMB, FILE, b"\xff\xfe", b"{" * 9000,
                                  b'<?xml version="1.0" encoding="no-such"?><xml/>'])  # fmt: skip
def test_what_is_no_message_is_refused_with_a_sentence(body):
    with pytest.raises(HttpError) as raised:
        message_of(*fields_of(body))
    assert raised.value.problem.status == 400


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    with suppress(HttpError):
        fields_of(body)


def test_messages_are_told_apart_by_number_and_events_by_sender_and_time():
    def mark(**fields):
        return message_of({"FromUserName": "a", "ToUserName": "b", "MsgType": "event", **fields}, "xml").mark

    assert mark(MsgId="1") == mark(MsgId="1", CreateTime="9")
    assert mark(MsgId="1") != mark(MsgId="2")
    assert mark(CreateTime="1", Event="x") == mark(CreateTime="1", Event="x")
    assert mark(CreateTime="1", Event="x") != mark(CreateTime="2", Event="x")


@given(st.text(max_size=100))
def test_a_reply_is_xml_whatever_is_in_it(text):
    message = message_of(text_message("x"), "xml")
    fields, _ = fields_of(text_reply(message, text))
    assert (fields["ToUserName"], fields["FromUserName"]) == (message.sender, message.receiver)
    kept = "".join(c for c in text if ord(c) >= 32 or c in "\t\n\r").replace("\r\n", "\n").replace("\r", "\n")
    assert (
        fields["Content"]
        == kept.replace("\ufffe", "").replace("\uffff", "").encode("utf-8", "replace").decode()
    )


@pytest.mark.parametrize(
    ("content", "wanted"), [("转人工", True), (" 人工。", True), ("人工智能企业有补贴吗", False)]
)
def test_a_person_can_ask_for_a_person(content, wanted):
    message = message_of(text_message(content), "xml")
    assert message.wants_human is wanted
    assert b"transfer_customer_service" in transfer_reply(message)
