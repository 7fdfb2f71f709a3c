// What the page itself says. Names, values and findings are in the module.

export const TEXTS = {
  en: {
    lead: "Paste a WeChat subscribe-message callback, or a log with some. It is decoded here: nothing leaves this page.",
    label: "XML, JSON, or a log",
    sample: "Show a sample",
    clear: "Clear",
    records: "Callbacks",
    findings: "Findings",
    summary: (records, findings) => `callbacks: ${records}, findings: ${findings}`,
    more: (hidden) => `${hidden} more are not shown.`,
    line: (line) => `line ${line}`,
    also: "other fields",
    record: "Record",
    error: "error",
    warning: "warning",
  },
  zh: {
    lead: "粘贴一条微信订阅消息回调，或含有回调的日志。解码在本页内完成，内容不会离开本页。",
    label: "XML、JSON 或日志",
    sample: "显示示例",
    clear: "清空",
    records: "回调",
    findings: "问题",
    summary: (records, findings) => `回调：${records}，问题：${findings}`,
    more: (hidden) => `另有 ${hidden} 条未显示。`,
    line: (line) => `第 ${line} 行`,
    also: "其他字段",
    record: "记录",
    error: "错误",
    warning: "警告",
  },
};

export const SAMPLE = `<xml>
<ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName>
<FromUserName><![CDATA[oJfCqwk4Usmld18eqDsp_0SYqBdK]]></FromUserName>
<CreateTime>1763812902</CreateTime>
<MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[subscribe_msg_sent_event]]></Event>
<SubscribeMsgSentEvent>
<List>
<TemplateId><![CDATA[Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1]]></TemplateId>
<MsgID>4263718905521438721</MsgID>
<ErrorCode>43101</ErrorCode>
<ErrorStatus><![CDATA[user refuse to accept the msg]]></ErrorStatus>
</List>
</SubscribeMsgSentEvent>
</xml>
`;
