from flask import Flask, request
import xmltodict

app = Flask(__name__)

TEXT = """<xml>
<ToUserName><![CDATA[{to}]]></ToUserName>
<FromUserName><![CDATA[{source}]]></FromUserName>
<CreateTime>{now}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[{content}]]></Content>
</xml>"""


@app.route("/wx", methods=["POST"])
def push():
    msg = xmltodict.parse(request.data)["xml"]
    if msg["MsgType"] == "event" and msg["Event"] == "subscribe_msg_popup_event":
        items = msg["SubscribeMsgPopupEvent"]["List"]
        items = items if isinstance(items, list) else [items]
        for item in items:
            save(msg["FromUserName"], item["TemplateId"], item["SubscribeStatusString"])
        return "success"
    return TEXT.format(to=msg["FromUserName"], source=msg["ToUserName"], now=int(time.time()), content="?")
