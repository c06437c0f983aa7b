import threading
import time
from xml.etree.ElementTree import fromstring

import pytest

from app.web.wechat import receiver
from app.web.wechat.cipher import PushCipher
from app.web.wechat.delivery import Pool, Sender
from scripts.fake_wechat import APPID, Fault, as_xml, stamped, text_message

from ..corpus import answer_of
from .office import AES_KEY, PUSH_TOKEN, office, pushed

SEND, CHECK = "/cgi-bin/message/custom/send", "/wxa/msg_sec_check"
ANSWER = "注意事项共两项：\n材料真实[1]\n专款专用[2]"


@pytest.fixture
def official(tmp_path, fake):
    with office(tmp_path, fake, wechat_mode="official") as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr("app.web.wechat.delivery.PAUSES", (0.0, 0.0, 0.0))


def greeting(client, echo="echo-42", **query):
    return client.get("/wechat/v1/push", params={"echostr": echo, **query})


def test_the_address_is_proved_to_wechat(client):
    response = greeting(client, **stamped(PUSH_TOKEN))
    assert (response.status_code, response.text) == (200, "echo-42")
    assert response.headers["content-type"].startswith("text/plain")


def test_a_greeting_that_is_not_wechats_is_refused(client):
    query = stamped(PUSH_TOKEN)
    assert greeting(client, **query).status_code == 200
    for wrong in (query, stamped("another token"), stamped(PUSH_TOKEN, skew=-400), stamped(PUSH_TOKEN, skew=400),
                  stamped(PUSH_TOKEN) | {"signature": "密"}):  # fmt: skip
        response = greeting(client, **wrong)
        assert (response.status_code, response.json()["code"]) == (403, "push_refused")
    assert greeting(client).status_code == 422


def test_a_message_of_the_mini_program_is_answered_by_a_message(client, fake):
    response = pushed(client, text_message("注意事项有哪些？"))
    assert (response.status_code, response.text) == (200, "success")
    assert fake.wait_for_sent(1) == [("openid-anna", ANSWER)]
    assert client.talk.asked[0]["channel"] == "wechat"


def test_a_message_in_json_is_answered_too(client, fake):
    body = {
        "ToUserName": "gh_1",
        "FromUserName": "openid-anna",
        "CreateTime": 1,
        "MsgType": "text",
        "Content": "补贴多少钱",
        "MsgId": 99,
    }
    for _ in range(2):
        response = client.post("/wechat/v1/push", params=stamped(PUSH_TOKEN), json=body)
        assert response.text == "success"
    assert fake.wait_for_sent(1) == [("openid-anna", "文件未载明具体金额。最相近的是[1]。")]


def test_the_next_message_goes_on_with_the_session(client, fake):
    for number, content in enumerate(("注意事项有哪些？", "第二项呢？"), 1):
        pushed(client, text_message(content))
        fake.wait_for_sent(number)
    first, second = client.talk.asked
    assert first["session_id"] == second["session_id"]


def test_a_message_that_comes_again_is_answered_once(client, fake):
    fields = text_message("注意事项有哪些？")
    assert [pushed(client, fields).text for _ in range(3)] == ["success"] * 3
    query = stamped(PUSH_TOKEN)
    other = text_message("补贴多少钱")
    assert [client.post("/wechat/v1/push", params=query, content=as_xml(other)).text for _ in range(2)] == [
        "success"
    ] * 2
    client.app_.state.wechat.desk().pool.close()
    assert len(fake.sent) == 2


def test_a_nonce_with_another_message_is_refused(client, fake):
    query = stamped(PUSH_TOKEN)
    assert client.post("/wechat/v1/push", params=query, content=as_xml(text_message("甲"))).status_code == 200
    for _ in range(2):
        replayed = client.post("/wechat/v1/push", params=query, content=as_xml(text_message("乙")))
        assert (replayed.status_code, replayed.json()["code"]) == (403, "push_refused")
    client.app_.state.wechat.desk().pool.close()
    assert len(fake.sent) == 1


def test_the_memory_of_nonces_is_shared_by_apps(tmp_path, fake):
    query = stamped(PUSH_TOKEN)
    with office(tmp_path, fake) as one, office(tmp_path, fake) as two:
        assert greeting(one, **query).status_code == 200
        assert greeting(two, **query).status_code == 403


@pytest.mark.parametrize("skew", [-301, 302])
def test_a_clock_that_is_off_is_said(client, skew):
    response = pushed(client, text_message("甲"), skew=skew)
    assert response.status_code == 403
    assert "时钟" in response.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"<xml>", b"<xml/>", b"{}", b"\xff"])
def test_what_is_no_message_is_refused(client, body):
    response = client.post("/wechat/v1/push", params=stamped(PUSH_TOKEN), content=body)
    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")


@pytest.mark.parametrize(
    "fields",
    [{"MsgType": "event", "Event": "user_enter_tempsession"}, {"MsgType": "image"}, {"Content": "  "}],
)
def test_what_is_no_text_is_acknowledged(client, fake, fields):
    assert pushed(client, text_message("甲", **fields)).text == "success"
    client.app_.state.wechat.desk().pool.close()
    assert fake.sent == []


def test_whoever_asks_for_a_person_is_handed_to_one(client, fake):
    response = pushed(client, text_message("转人工"))
    assert response.headers["content-type"].startswith("application/xml")
    said = fromstring(response.content)
    assert (said.findtext("MsgType"), said.findtext("ToUserName")) == (
        "transfer_customer_service",
        "openid-anna",
    )
    assert client.talk.asked == []


@pytest.mark.parametrize(
    ("content", "words"), [("？！", "没有文字"), ("甲" * 501, "最多 500 字"), ("崩溃", "服务出错了")]
)
def test_what_cannot_be_answered_is_said(client, fake, content, words):
    pushed(client, text_message(content))
    ((_, said),) = fake.wait_for_sent(1)
    assert words in said
    assert "口令" not in said


def test_a_risky_text_is_refused_in_words(client, fake):
    fake.risky["坏话"] = "risky"
    pushed(client, text_message("坏话"))
    assert "内容检查" in fake.wait_for_sent(1)[0][1]
    assert client.talk.asked == []


def test_a_long_answer_comes_in_at_most_five_messages(tmp_path, fake):
    clause = "对首次升规的企业给予支持。\n"
    answers = {
        "长": answer_of("answered", clause * 200),
        "更长": answer_of("answered", clause * 900, text_chat="请看原文。"),
    }
    with office(tmp_path, fake, answers) as client:
        pushed(client, text_message("长"))
        client.app_.state.wechat.desk().pool.close()
    texts = [text for _, text in fake.sent]
    assert 1 < len(texts) <= 5
    assert all(len(text.encode()) <= 2048 and text.endswith("。") for text in texts)
    assert "".join("".join(texts).split()) == clause.strip() * 200


# 公众号: the answer goes back in the response where it is ready in time.


def test_a_public_account_is_answered_in_the_response(official, fake):
    response = pushed(official, text_message("注意事项有哪些？"))
    said = fromstring(response.content)
    assert (said.findtext("MsgType"), said.findtext("Content")) == ("text", ANSWER)
    assert fake.calls == []


def test_an_answer_that_is_late_is_acknowledged_in_time_and_sent_later(official, fake):
    """The answering takes as long as it likes (here: until the acknowledgement is there), as with 6 s upstream."""
    official.talk.gate = threading.Event()
    began = time.monotonic()
    response = pushed(official, text_message("注意事项有哪些？"))
    waited = time.monotonic() - began
    assert response.text == "success"
    assert fake.sent == []
    official.talk.gate.set()
    assert fake.wait_for_sent(1) == [("openid-anna", ANSWER)]
    assert waited < 4.5


def test_six_seconds_of_wechats_own_check_delay_nothing_but_the_message(client, fake, monkeypatch):
    monkeypatch.setattr("app.web.wechat.client.CHECK_TIMEOUT", 20.0)
    six_seconds = threading.Event()
    fake.fail(CHECK, Fault("slow", until=six_seconds))
    assert pushed(client, text_message("注意事项有哪些？")).text == "success"
    assert fake.sent == []
    six_seconds.set()
    assert fake.wait_for_sent(1) == [("openid-anna", ANSWER)]


def test_a_repeated_push_of_a_late_answer_changes_nothing(official, fake, monkeypatch):
    official.app_.state.wechat.desk().receiver._in_time = 0.05
    official.talk.gate = threading.Event()
    fields = text_message("注意事项有哪些？")
    assert [pushed(official, fields).text for _ in range(3)] == ["success"] * 3
    official.talk.gate.set()
    official.app_.state.wechat.desk().pool.close()
    assert fake.sent == [("openid-anna", ANSWER)]


def test_where_there_is_no_room_wechat_is_asked_to_come_again(client, fake, monkeypatch):
    gate = client.talk.gate = threading.Event()
    small = Pool(workers=1, waiting=1)
    client.app_.state.wechat.desk().receiver._pool = small
    assert pushed(client, text_message("注意事项有哪些？")).text == "success"
    fields = text_message("补贴多少钱")
    assert pushed(client, fields).status_code == 429
    gate.set()
    fake.wait_for_sent(1)
    for _ in range(100):
        if pushed(client, fields).status_code == 200:
            break
        time.sleep(0.02)
    small.close()
    assert len(fake.sent) == 2


# Sending: what can be tried again is, what may have arrived is not.


@pytest.mark.parametrize(
    "fault",
    [
        Fault("errcode", -1),
        Fault("status", 500),
        Fault("malformed"),
        Fault("errcode", 40001),
        Fault("errcode", 42001),
    ],
)
def test_a_message_that_did_not_go_out_is_sent_again(client, fake, fault):
    fake.fail(SEND, fault)
    pushed(client, text_message("注意事项有哪些？"))
    assert fake.wait_for_sent(1) == [("openid-anna", ANSWER)]
    client.app_.state.wechat.desk().pool.close()
    assert len(fake.sent) == 1


@pytest.mark.parametrize("fault", [Fault("errcode", 45015), Fault("errcode", 45047), Fault("hangup")])
def test_a_message_that_may_have_arrived_or_never_will_is_not_sent_again(client, fake, logged, fault):
    fake.fail(SEND, fault)
    pushed(client, text_message("注意事项有哪些？"))
    client.app_.state.wechat.desk().pool.close()
    assert (fake.sent, fake.count(SEND)) == ([], 1)
    assert any("message 1 of 1 was not sent" in line for line in logged)


def test_a_slow_message_is_waited_for_and_not_sent_twice(fake, client):
    arrive = threading.Event()
    fake.fail(SEND, Fault("slow", until=arrive))
    pushed(client, text_message("注意事项有哪些？"))
    arrive.set()
    client.app_.state.wechat.desk().pool.close()
    assert (len(fake.sent), fake.count(SEND)) == (1, 1)


# Safe mode.


@pytest.fixture
def safe(tmp_path, fake):
    with office(tmp_path, fake, wechat_push_aes_key=AES_KEY) as opened:
        yield opened


def sealed_push(client, fields, *, appid=APPID, token=PUSH_TOKEN, change=lambda query, body: (query, body)):
    encrypted = PushCipher(AES_KEY, appid).encrypt(as_xml(fields))
    body = {"ToUserName": "gh_0123456789ab", "Encrypt": encrypted}
    query, body = change(stamped(token, encrypted), body)
    return client.post("/wechat/v1/push", params=query, content=as_xml(body))


def test_an_encrypted_message_is_answered(safe, fake):
    assert sealed_push(safe, text_message("注意事项有哪些？")).text == "success"
    assert fake.wait_for_sent(1) == [("openid-anna", ANSWER)]


def test_the_reply_to_an_encrypted_message_is_encrypted(safe):
    said = fromstring(sealed_push(safe, text_message("转人工")).content)
    encrypted = said.findtext("Encrypt")
    stamp = [said.findtext(name) for name in ("TimeStamp", "Nonce")]
    from app.web.wechat.signature import matches

    assert matches(said.findtext("MsgSignature"), PUSH_TOKEN, *stamp, encrypted)
    inner = fromstring(PushCipher(AES_KEY, APPID).decrypt(encrypted))
    assert inner.findtext("MsgType") == "transfer_customer_service"


def tampered(query, body):
    middle = len(body["Encrypt"]) // 2
    other = "A" if body["Encrypt"][middle] != "A" else "B"
    return query, body | {"Encrypt": body["Encrypt"][:middle] + other + body["Encrypt"][middle + 1 :]}


@pytest.mark.parametrize("change", [
    tampered,
    lambda query, body: (query | {"msg_signature": "0" * 40}, body),
    lambda query, body: ({name: value for name, value in query.items() if name != "msg_signature"}, body),
    lambda query, body: (query, {"Content": "甲"}),
    lambda query, body: (query | {"signature": query["msg_signature"]}, body),
], ids=["tampered", "wrong", "unsigned", "clear", "swapped"])  # fmt: skip
def test_an_encrypted_message_that_was_changed_is_refused(safe, fake, change):
    response = sealed_push(safe, text_message("甲"), change=change)
    assert (response.status_code, response.json()["code"]) == (403, "push_refused")
    assert safe.talk.asked == []


def test_messages_in_the_clear_or_for_another_app_are_refused_in_safe_mode(safe):
    assert pushed(safe, text_message("甲")).status_code == 403
    assert sealed_push(safe, text_message("甲"), appid="wx-other").status_code == 403


def test_the_pauses_grow_and_end():
    pauses = []

    class Broken:
        def send_text(self, token, openid, text):
            from app.web.wechat.client import CallError

            raise CallError("broken")

    sender = Sender(Broken(), lambda refused: "token", (0.5, 1.0, 2.0), pauses.append)
    assert not sender.send("openid-anna", ["甲", "乙"])
    assert pauses == [0.5, 1.0, 2.0]


def test_the_window_is_shorter_than_wechats_patience():
    assert receiver.IN_TIME < 4.5
