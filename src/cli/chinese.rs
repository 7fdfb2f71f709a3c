//! The Chinese texts of the help: commands, arguments, values and headings.
//!
//! The English texts stand at the arguments themselves. A command or argument that is added there gets its row here; a
//! test in `args` names those that are missing, and rows for which there is nothing any more.

/// The text of a command in the help.
#[derive(Debug)]
pub(super) struct CommandText {
    /// The command, or the program.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// What stands below the arguments: examples and remarks.
    pub(super) notes: &'static str,
    /// What `--help` has in place of `notes`, or nothing.
    pub(super) long_notes: &'static str,
}

/// The text of an argument in the help: the command or [`ANY`], the argument, what `-h` says, and what `--help` adds.
pub(super) type ArgText = (&'static str, &'static str, &'static str, &'static str);

/// The text of a value in the help: the command or [`ANY`], the argument, the value, and what it means.
pub(super) type ValueText = (&'static str, &'static str, &'static str, &'static str);

/// Every command that has the argument and no row of its own.
pub(super) const ANY: &str = "";

/// A text that the argument itself has in both languages.
pub(super) const OWN: &str = "\u{1}";

/// Returns the text of a command.
pub(super) fn command(name: &str) -> Option<&'static CommandText> {
    COMMANDS.iter().find(|row| row.name == name)
}

/// Returns the row of an argument.
pub(super) fn argument(command: &str, id: &str) -> Option<&'static ArgText> {
    let of = |wanted: &str| {
        let mut rows = ARGUMENTS.iter();
        rows.find(|row| (row.0, row.1) == (wanted, id))
    };
    of(command).or_else(|| of(ANY))
}

/// Returns the row of a value of an argument.
pub(super) fn value(command: &str, id: &str, value: &str) -> Option<&'static ValueText> {
    let of = |wanted: &str| {
        let mut rows = VALUES.iter();
        rows.find(|row| (row.0, row.1, row.2) == (wanted, id, value))
    };
    of(command).or_else(|| of(ANY))
}

/// Returns a heading.
pub(super) fn heading(english: &str) -> Option<&'static str> {
    let row = HEADINGS.iter().find(|row| row.0 == english);
    row.map(|row| row.1)
}

pub(super) static HEADINGS: &[(&str, &str)] = &[
    ("Commands", "命令"),
    ("Arguments", "参数"),
    ("Options", "选项"),
    ("Choosing callbacks", "筛选回调"),
    ("Input", "输入"),
    ("Output", "输出"),
    ("Encrypted payloads", "加密的消息体"),
    ("Pseudonyms", "假名"),
    ("Limits of one payload", "单个消息体的限制"),
    ("Limits of compressed input", "压缩输入的限制"),
    ("What counts", "判定标准"),
];

pub(super) static COMMANDS: &[CommandText] = &[
    CommandText {
        name: "wxsub",
        about: "解析微信订阅消息的事件推送（回调）：查看、转换和检查抓取到的消息体",
        notes: "\
示例：
  wxsub parse payload.xml                用文字说明发生了什么
  wxsub convert --to csv app.log.*.gz    记录，供程序使用
  wxsub check --strict tests/fixtures    CI 检查
  wxsub explain trailing-comma           某个问题或错误码的含义",
        long_notes: "\
示例：
  wxsub parse payload.xml                     用文字说明发生了什么
  wxsub convert -o callbacks.jsonl app.log    每行一条记录
  wxsub convert --to csv app.log.*.gz         压缩的日志
  tail -f app.log | wxsub parse --failed      实时查看推送失败的消息
  wxsub check --strict tests/fixtures         CI 检查
  wxsub stats --by template,day app.log       接收了多少，失败了哪些
  wxsub report -o page.html app.log           同样的数据，画成网页
  wxsub quota --left 0 app.log                需要重新请求订阅的用户
  wxsub join --sends sends.csv app.log        这些消息送达了吗？
  wxsub redact app.log > shared.log           换成假名的日志
  wxsub explain trailing-comma                某个问题、字段或错误码的含义

`wxsub FILE` 等同于 `wxsub parse FILE`。

退出状态：0 一切正常；1 输入有问题；2 运行本身失败；
130 被 Ctrl-C 中断，143 被 SIGTERM 中断，129 被 SIGHUP 中断。",
    },
    CommandText {
        name: "parse",
        about: "用文字显示回调，供人阅读",
        notes: "\
示例：
  wxsub parse --format table app.log                     每个条目一行
  tail -f app.log | wxsub parse --event sent --failed    实时查看",
        long_notes: "\
示例：
  wxsub parse payload.xml
  wxsub parse --format table app.log                     每个条目一行
  tail -f app.log | wxsub parse --event sent --failed    实时查看
  wxsub parse --keys keys.ini push.http                  加密的消息体也能读",
    },
    CommandText {
        name: "convert",
        about: "把回调写成 JSON lines、微信格式的 JSON 或 XML，或 CSV",
        notes: "\
示例：
  wxsub convert app.log > callbacks.jsonl
  wxsub convert --to csv --since 7d -o week.csv app.log.*.gz
  wxsub convert --to xml --pretty payload.json
  wxsub convert --flat --with-source logs/    每个条目一行，带出处
  wxsub convert app.log | jq 'select(.items[1])' | wxsub convert --to csv

jsonl 的各行也能像消息体一样读取；`wxsub schema record` 给出其模式。",
        long_notes: "",
    },
    CommandText {
        name: "check",
        about: "报告有错或异常之处，用于 CI",
        notes: "\
示例：
  wxsub check --strict tests/fixtures
  wxsub check --deny all --allow unknown-field tests/fixtures
  wxsub check --format sarif -o wxsub.sarif tests/fixtures
  wxsub check --write-expectations tests/fixtures    今后只看新问题

`wxsub explain CODE` 说明问题代码的含义。",
        long_notes: "",
    },
    CommandText {
        name: "stats",
        about: "统计回调、用户的选择、用户数和推送结果",
        notes: "\
示例：
  wxsub stats app.log.*.gz                      一屏看完发生了什么
  wxsub stats --by template,day --to csv -o days.csv logs/
  wxsub stats --by code --event sent app.log    推送失败的原因
  wxsub stats --by hour-of-day --tz Asia/Shanghai app.log

重复推送只算一次。比例按条目计算，不按回调计算。",
        long_notes: "",
    },
    CommandText {
        name: "report",
        about: "把 stats 统计的数据画成一个不含脚本的 HTML 网页",
        notes: "\
示例：
  wxsub report -o page.html app.log.*.gz
  wxsub report --lang zh --tz Asia/Shanghai --since 30d -o page.html logs/
  wxsub report --title 'Orders, May' --template ID app.log > page.html

网页包括：各模板接收率随时间的变化、各场景的选择、关闭的模板、推送结果、
失败的错误码、按小时和星期的分布，以及无法解码和异常的内容；每张图下都有
表格。网页只有一个文件，不加载也不运行任何东西。重复推送只算一次。",
        long_notes: "",
    },
    CommandText {
        name: "quota",
        about: "计算每个用户、每个模板剩余的授权次数",
        notes: "\
示例：
  wxsub quota app.log.*.gz                     剩余次数，列成表格
  wxsub quota --left 0 --template ID logs/     需要重新请求订阅的用户
  wxsub quota --sends sends.csv app.log        没有结果的发送也计入
  wxsub quota --until 2026-01-02 app.log       到那时还剩多少

重复推送只算一次。剩余次数是下限：不弹窗的授权不会推送。
规则见 `wxsub explain quota`。",
        long_notes: "",
    },
    CommandText {
        name: "join",
        about: "按消息 ID 把发送请求与推送结果对上",
        notes: "\
示例：
  wxsub join --sends sends.csv app.log.*.gz    这些消息送达了吗？
  wxsub join --sends app.log app.log           日志里就有发送请求
  wxsub join --sends sends.csv --columns msgid=wx_id,time=at --to csv app.log

FILE 是带表头的 CSV、JSON lines，或每行含请求和返回的日志。筛选条件针对发送请求。
规则见 `wxsub explain join`。",
        long_notes: "",
    },
    CommandText {
        name: "explain",
        about: "说明事件、字段、取值、错误码或问题的含义",
        notes: "\
示例：
  wxsub explain                   列出全部
  wxsub explain trailing-comma    一个问题
  wxsub explain popup             一个事件
  wxsub explain PopupScene        一个字段
  wxsub explain 43101             一个错误码",
        long_notes: "",
    },
    CommandText {
        name: "schema",
        about: "输出记录、问题或微信 JSON 的 JSON Schema",
        notes: "\
示例：
  wxsub schema record > record.schema.json
  wxsub schema wire-json --strict     用任意校验器检查测试样例",
        long_notes: "",
    },
    CommandText {
        name: "sample",
        about: "生成测试用的消息体",
        notes: "\
示例：
  wxsub sample popup                             用户对弹窗的选择
  wxsub sample sent --to xml --error-code 43101  一条推送失败的消息
  wxsub sample change --shape wire               微信服务器实际推送的写法
  wxsub sample popup --seed 7 > popup.json       每次运行字节都相同",
        long_notes: "",
    },
    CommandText {
        name: "decrypt",
        about: "解密消息体，逐字节写出原文",
        notes: "\
每个消息体之后换行，除非它本身以换行结尾。明文的消息体不写出。

示例：
  wxsub decrypt --keys keys.ini push.http > payload.xml
  wxsub decrypt --event sent --limit 1 app.log    只看一个",
        long_notes: "",
    },
    CommandText {
        name: "redact",
        about: "原样写出内容，只把各种 ID 换成假名",
        notes: "\
openid、账号 ID、appid、消息 ID 和模板 ID 换成同样长度、同类字符的假名，
不论在何处：消息体中（无论是否转义）、查询串中、其他文本中。其余内容逐字节
不变，包括用户输入的内容。密钥相同时，同一 ID 总是换成同一假名。每个文件先
读完再写出，且已解压。加密的消息体用所给的密钥解密后重新加密；没有密钥可以
解密的则清空。

示例：
  wxsub redact app.log > shared.log
  wxsub redact --redact-key-file secret -o shared.log app.log.*.gz
  wxsub redact --keys keys.ini push.http | wxsub check --keys keys.ini",
        long_notes: "",
    },
    CommandText {
        name: "encrypt",
        about: "像微信那样加密一个消息体，用来测试服务器",
        notes: "\
消息体写到标准输出，末尾不换行；签名的查询串写到标准错误。服务器两者都要：

  wxsub encrypt popup.xml --curl http://localhost:8080/wx | curl -K -
  wxsub encrypt popup.xml --http http://localhost:8080/wx | nc localhost 8080

使用第一个密钥、token 和 appid；没有密钥时消息体不加密，与明文模式相同。
使用 --seed、--timestamp 和相同的密钥时，每次输出都相同。",
        long_notes: "",
    },
    CommandText {
        name: "completions",
        about: "输出 shell 的命令补全脚本",
        notes: "\
示例：
  wxsub completions bash > ~/.local/share/bash-completion/completions/wxsub
  wxsub completions zsh > ~/.zfunc/_wxsub    并在 .zshrc 中写 `fpath+=~/.zfunc`
  wxsub completions fish > ~/.config/fish/completions/wxsub.fish
  wxsub completions powershell >> $PROFILE",
        long_notes: "",
    },
    CommandText {
        name: "man",
        about: "输出手册页",
        notes: "\
示例：
  wxsub man | man -l -
  wxsub man parse | man -l -
  wxsub man --dir ~/.local/share/man/man1",
        long_notes: "",
    },
    CommandText {
        name: "help",
        about: "显示本帮助，或某个命令的帮助",
        notes: "",
        long_notes: "",
    },
];

pub(super) static ARGUMENTS: &[ArgText] = &[
    (ANY, "help", "显示帮助（-h 为摘要，--help 为全部）", ""),
    (ANY, "version", "显示版本", ""),
    (
        ANY,
        "lang",
        "提示信息的语言",
        "[默认：取自 WXSUB_LANG、LC_ALL、LC_MESSAGES 或 LANG]",
    ),
    // Of all commands that read captures.
    (
        ANY,
        "paths",
        "文件、文件夹或压缩包；- 或不写为标准输入",
        "文件夹会连同其中的所有文件夹一起读取。文件可以用 gzip、zstd、bzip2 或 xz 压缩；zip 压缩包中的每个文件单独读取。",
    ),
    (
        ANY,
        "output",
        "写到 FILE，而不是标准输出",
        "全部读完并写完之后，FILE 才会被替换。",
    ),
    (ANY, "quiet", "不显示总结和进度", ""),
    (
        ANY,
        "event",
        "这些事件的回调：popup、change、sent",
        "多个用逗号分隔，或重复使用该选项；--template、--status、--user 和 --account 也是如此：符合其中之一即可。不同的选项必须同时满足。",
    ),
    (
        ANY,
        "template",
        "这些模板的条目",
        "回调只保留其中符合条件的条目。",
    ),
    (ANY, "status", "这些状态的条目：accept、reject 等", ""),
    (ANY, "failed", "sent 事件中错误码不为 0 的条目", ""),
    (ANY, "user", "这些用户的回调", ""),
    (ANY, "account", "推送给这些账号的回调：gh_…", ""),
    (
        ANY,
        "since",
        "此时或之后产生的回调：2026-01-02、7d 等",
        "可以是日期、日期和时间、Unix 秒，或多久以前（90s、30m、2h、7d、1w）。没有写明时区时，用到 --tz 的地方按 --tz，否则按本地时区。",
    ),
    (
        ANY,
        "until",
        "此时之前产生的回调",
        "日期表示当天零点：--until 2026-01-02 不包括这一天。",
    ),
    (ANY, "dedup", OWN, ""),
    (ANY, "limit", "读到 N 个回调后停止", ""),
    (
        ANY,
        "glob",
        "在文件夹中只读取匹配的文件；以 ! 开头时，只读取不匹配的文件",
        "",
    ),
    (
        ANY,
        "hidden",
        "在文件夹中也读取隐藏的文件和文件夹，即名称以点开头的",
        "",
    ),
    (ANY, "files", "列出将要读取的文件，每行一个，但不读取", ""),
    (ANY, "fail_fast", "遇到第一个无法解码的消息体即停止", ""),
    (
        ANY,
        "accept_after_torn",
        "消息被截断之后的回调也解码，它们可能是用户输入的",
        "",
    ),
    (
        ANY,
        "threads",
        "用多少个线程解码；0 为机器可同时运行的线程数，最多 8 个",
        "",
    ),
    (
        ANY,
        "summary",
        "最后写到标准错误的总结：text 供人阅读，json 为一个 JSON 对象 [可选值：text、json、none]",
        "",
    ),
    (
        "check",
        "summary",
        "最后写到标准错误的总结：text 供人阅读，files 再按文件列出问题，json 为一个 JSON 对象",
        "",
    ),
    (
        ANY,
        "noise",
        "把不属于任何消息体的内容写到此文件，每行带位置",
        "",
    ),
    (
        ANY,
        "exit_zero",
        "输入有问题时退出状态也为 0；运行本身失败时仍为 2",
        "",
    ),
    (
        ANY,
        "color",
        "颜色；也可用 NO_COLOR、FORCE_COLOR 和 CLICOLOR_FORCE 设置",
        "",
    ),
    (
        ANY,
        "keys",
        "密钥文件：每行为 `encoding_aes_key = …`、`token = …` 或 `appid = …`",
        "`[…]` 之后是另一个账号。也可取自 WXSUB_ENCODING_AES_KEY、WXSUB_TOKEN 和 WXSUB_APPID；文件中账号缺少的值从那里取。",
    ),
    (
        "encrypt",
        "keys",
        "密钥文件：每行为 `encoding_aes_key = …`、`token = …` 或 `appid = …`",
        "也可取自 WXSUB_ENCODING_AES_KEY、WXSUB_TOKEN 和 WXSUB_APPID。",
    ),
    (
        ANY,
        "query",
        "请求的查询串，用于只有一个消息体且没有带上查询串的文件",
        "",
    ),
    (
        ANY,
        "accept_unverified",
        "签名错误或缺失的消息体也解码，但仍会报告",
        "",
    ),
    (
        ANY,
        "require_signature",
        "拒绝未经验证的消息体：明文的、没有查询串的、没有 token 的",
        "",
    ),
    (ANY, "require_encryption", "拒绝未加密的消息体", ""),
    (
        ANY,
        "redact",
        "写出的所有内容中，openid、账号 ID、appid、消息 ID 和模板 ID 都换成假名",
        "",
    ),
    (
        ANY,
        "redact_key_file",
        "生成假名所用的密钥文件；也可取自 WXSUB_REDACT_KEY [默认：随机]",
        "",
    ),
    (
        "redact",
        "paths",
        "文件、zip 压缩包，或 - 表示标准输入；也可以用 gzip、zstd、bzip2 或 xz 压缩；依次写出 [默认：标准输入]",
        "",
    ),
    (
        ANY,
        "max_payload_size",
        "字节数，可带 K、M 或 G（1024 的幂）",
        "",
    ),
    (ANY, "max_depth", "嵌套层数", ""),
    (ANY, "max_items", "一个回调的条目数", ""),
    (
        ANY,
        "max_values",
        "XML 的元素数；JSON 的成员数和数组元素数",
        "",
    ),
    (
        ANY,
        "max_expansion",
        "解压后超过 1 GiB 时，最多为自身大小的多少倍",
        "",
    ),
    (
        ANY,
        "max_window",
        "zstd 的窗口或 xz 的字典，可带 K、M 或 G：它一直占用内存",
        "",
    ),
    // Of several commands.
    (ANY, "to", "写成什么格式", ""),
    (
        ANY,
        "tz",
        "小时、日、周、月所用的时区",
        "local、UTC、Asia/Shanghai 这样的名称，或 +08:00 这样的偏移。",
    ),
    (
        ANY,
        "keep_repeats",
        "重复推送也计入，即账号、用户、时间、事件和条目均相同的",
        "",
    ),
    (
        ANY,
        "max_memory",
        "统计最多使用的内存，可带 K、M 或 G（1024 的幂）",
        "",
    ),
    (
        ANY,
        "sends",
        "发送请求及其返回：CSV、JSON lines 或日志",
        "有多个文件时可重复使用。",
    ),
    (
        ANY,
        "columns",
        "--sends 文件中不是常用名称的列或成员叫什么：msgid、touser、template_id、errcode、time",
        "",
    ),
    // Of one command.
    (
        "parse",
        "format",
        "回调的样式：pretty 或 table [默认：pretty]",
        "pretty 每个回调几行；table 全部列成一张表，每个条目一行。",
    ),
    (
        "parse",
        "tz",
        "显示时间的时区：local、UTC、Asia/Shanghai 这样的名称，或 +08:00 这样的偏移",
        "",
    ),
    ("convert", "pretty", "json 或 xml 带缩进", ""),
    (
        "convert",
        "shape",
        "documented，或 wire，即服务器收到的写法（json）[默认：documented]",
        "",
    ),
    (
        "convert",
        "flat",
        "每个条目一行，而不是每个回调一行（jsonl）",
        "",
    ),
    (
        "convert",
        "with_source",
        "附上每个回调的出处，键为 `source`（jsonl）",
        "",
    ),
    ("convert", "tz", "`time` 列的时区（csv）[默认：UTC]", ""),
    (
        "convert",
        "csv_safe",
        "在电子表格会当作公式的内容前加单引号（csv）",
        "",
    ),
    (
        "stats",
        "by",
        "按这些键统计条目，用逗号分隔：event、template、scene、status、code、account、hour、hour-of-day、weekday、day、week、month",
        "",
    ),
    ("stats", "top", "概览显示多少个模板 [默认：10]", ""),
    ("report", "title", "网页的标题", ""),
    (
        "report",
        "lang",
        "网页和提示信息的语言",
        "[默认：取自 WXSUB_LANG、LC_ALL、LC_MESSAGES 或 LANG]",
    ),
    ("quota", "left", "只显示剩余次数为 N 的行", ""),
    ("quota", "long_term", "长期订阅的模板：发送不消耗授权", ""),
    (
        "quota",
        "assume_refused_is_zero",
        "用户拒收的发送（43101）表示已没有剩余",
        "",
    ),
    (
        "quota",
        "tz",
        "显示时间所用的时区，也用于文件中没有写明时区的时间",
        "local、UTC、Asia/Shanghai 这样的名称，或 +08:00 这样的偏移。",
    ),
    (
        "join",
        "tz",
        "显示时间所用的时区，也用于文件中没有写明时区的时间",
        "local、UTC、Asia/Shanghai 这样的名称，或 +08:00 这样的偏移。",
    ),
    ("join", "all", "没有对应发送的结果也各占一行", ""),
    (
        "check",
        "format",
        "问题的输出格式 [默认：text；在 GitHub 工作流中为 github]",
        "在终端上，即使在工作流中默认也是 text。",
    ),
    (
        "check",
        "max_findings",
        "每种代码最多写出多少个问题，其余只计数；0 为全部 [默认：text 和 github 为 100，其他为 0]",
        "",
    ),
    ("check", "strict", "有警告也算失败", ""),
    (
        "check",
        "deny",
        "这些代码的问题算作错误；`all` 为全部",
        "多个用逗号分隔，或重复使用该选项；--warn 和 --allow 也是如此：代码优先于 `all`，后面的选项优先于前面的，选项优先于 wxsub.toml。",
    ),
    ("check", "warn", "这些代码的问题算作警告", ""),
    ("check", "allow", "不报告这些代码的问题", ""),
    (
        "check",
        "config",
        "读取 FILE，而不是当前文件夹或最近的上级文件夹中的 wxsub.toml",
        "",
    ),
    ("check", "no_config", "不读取 wxsub.toml", ""),
    (
        "check",
        "write_expectations",
        "从现在起只看新问题",
        "把现有的问题作为预期的问题写入 wxsub.toml。",
    ),
    ("check", "fail_fast", "遇到第一个错误即停止", ""),
    (
        "explain",
        "term",
        "事件、字段、状态、场景、错误码、问题或其他术语，不分大小写 [默认：列出全部]",
        "",
    ),
    ("schema", "form", "描述什么，采用 JSON Schema 2020-12", ""),
    (
        "schema",
        "strict",
        "要求微信文档写明的全部内容，而不只是 `convert` 能保证的（wire-json）",
        "",
    ),
    ("sample", "event", "哪种事件", ""),
    (
        "sample",
        "to",
        "写成什么格式 [默认：json，如果该写法有的话]",
        "",
    ),
    ("sample", "shape", "采用哪种写法；--help 列出全部", OWN),
    (
        "sample",
        "items",
        "每个回调的条目数 [默认：1 到 3 个，随机]",
        "",
    ),
    ("sample", "count", "生成多少个，每行一个", ""),
    (
        "sample",
        "seed",
        "每次运行、每个版本的字节都相同 [默认：随机]",
        "",
    ),
    ("sample", "user", "用户的 openid", ""),
    ("sample", "template", "模板；有多个时各条目依次使用", ""),
    (
        "sample",
        "status",
        "用户的选择（popup、change）[默认：accept 或 reject]",
        "",
    ),
    (
        "sample",
        "error_code",
        "推送结果及其说明（sent）[默认：0]",
        "",
    ),
    (
        "encrypt",
        "path",
        "含有一个消息体的文件，或 - 表示标准输入 [默认：标准输入]",
        "",
    ),
    (
        "encrypt",
        "envelope",
        "信封的格式 [默认：与其中的消息体相同]",
        "",
    ),
    ("encrypt", "http", "写出推送到 URL 的完整请求", ""),
    (
        "encrypt",
        "curl",
        "写出 `curl -K -` 的配置，用来推送到 URL",
        "",
    ),
    (
        "encrypt",
        "timestamp",
        "推送的时间，Unix 秒 [默认：现在]",
        "",
    ),
    (
        "encrypt",
        "nonce",
        "查询串中的 nonce，字母和数字 [默认：随机]",
        "",
    ),
    (
        "encrypt",
        "seed",
        "由此数生成原本随机的内容，使测试样例保持不变",
        "",
    ),
    ("completions", "shell", "哪种 shell", ""),
    ("man", "command", "该命令的手册页 [默认：程序的]", ""),
    ("man", "dir", "把所有手册页写入此文件夹", ""),
];

pub(super) static VALUES: &[ValueText] = &[
    (ANY, "to", "table", "供人阅读"),
    (ANY, "to", "jsonl", "每行一个 JSON 对象"),
    (ANY, "to", "csv", "一行表头，其余各占一行"),
    ("convert", "to", "jsonl", "规范的记录，每行一条"),
    ("convert", "to", "json", "微信文档中的 JSON"),
    ("convert", "to", "xml", "微信文档中的 XML"),
    ("convert", "to", "csv", "每个条目一行"),
    ("check", "format", "text", "供人阅读：在原文的行中标出位置"),
    ("check", "format", "json", "每行一个对象"),
    (
        "check",
        "format",
        "github",
        "GitHub Actions 的标注，以及步骤总结中的表格",
    ),
    ("check", "format", "sarif", "SARIF 2.1.0，用于代码扫描"),
    (
        "check",
        "format",
        "junit",
        "JUnit XML，每个文件一个测试用例",
    ),
    ("check", "format", "gitlab", "GitLab 代码质量报告"),
    ("schema", "form", "record", "`convert --to jsonl` 的一行"),
    ("schema", "form", "finding", "`check --format json` 的一行"),
    (
        "schema",
        "form",
        "wire-json",
        "微信文档中的 JSON，也是 `convert --to json` 的输出",
    ),
    ("sample", "event", "popup", OWN),
    ("sample", "event", "change", OWN),
    ("sample", "event", "sent", OWN),
];
