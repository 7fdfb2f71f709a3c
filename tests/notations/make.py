#!/usr/bin/env python3
"""Prints callbacks with the programs whose notation wxsub reads, into the files beside this script.

Each file holds cases of one notation: a line `--- NAME`, then the output as it came. `expected.json` says which
callback a name stands for. The tests read the files, so they need none of the programs.

Needs python3 with PyYAML, python2.7 and python3.12 from pyenv, node, php, ruby, go and java 17 (Debian: php-cli ruby
nodejs golang-go default-jdk-headless).
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ACCOUNT, USER = "gh_c41f9e07a2d8", "oR7c-2ZkWm4Xv_bT9uYqLsE1nHf0"
TEMPLATES = ["Q2mWvN8kTzR5xLc-7yHbJ0dFgSaPoIuE3iUq_4VtMwA", "-uK9sBnXe6ZrGfYtC1wQh2LpVjD8mOaI5bTzNxRv7H0"]
# Texts with what notations use themselves. None has a name and its separator, which no reader could tell.
HARD = ["it's", "a, b = c; {d} [e] (f)", "100% \"ok\" \\ /", "微信 <通知>：已送达"]


def header(event):
    return {"ToUserName": ACCOUNT, "FromUserName": USER, "CreateTime": 1765432100, "MsgType": "event",
            "Event": f"subscribe_msg_{event}_event"}


def popup(i):
    return {"TemplateId": TEMPLATES[i], "SubscribeStatusString": ["accept", "reject"][i], "PopupScene": "0"}


def change(i):
    return {"TemplateId": TEMPLATES[i], "SubscribeStatusString": "reject"}


def sent(i):
    return {"TemplateId": TEMPLATES[i], "MsgID": f"437205918263740416{i}", "ErrorCode": "0", "ErrorStatus": "success"}


def cases():
    items = {"popup": popup, "change": change, "sent": sent}
    for event, item in items.items():
        yield f"{event}-one", {**header(event), "List": item(0)}
        yield f"{event}-two", {**header(event), "List": [item(0), item(1)]}
    wrapper = {"SubscribeMsgPopupEvent": {"List": [popup(0), popup(1)]}}
    yield "wrapped", {"xml": {**header("popup"), **wrapper}}
    extra = {"AppId": "wx5d81c3a07be2f946", "Remark": HARD[3], "Nothing": None, "Yes": True, "Empty": ""}
    yield "extra", {**header("sent"), "List": {**sent(0), "ErrorStatus": HARD[1]}, **extra}
    # In the order of names, as Go and sorted maps have it.
    yield "hard", {"A": HARD[0], "B": HARD[2], "C": HARD[1], **header("change"), "List": [change(1)]}


CASES = dict(cases())
PROGRAMS = {}


def program(name, command, suffix, source):
    PROGRAMS[name] = (command, suffix, source)


def python(pyenv):
    return [os.path.expanduser(f"~/.pyenv/versions/{pyenv}/bin/python")]


DECODE = "import json,sys\nfrom collections import OrderedDict\nfrom pprint import pprint\n"
EACH_PY = DECODE + "for name, value in json.load(sys.stdin, object_pairs_hook={hook}).items():\n    print('--- ' + name)\n    {show}\n"
program("python-repr", [sys.executable], ".py", EACH_PY.format(hook="dict", show="print(repr(value))"))
program("python-pprint", [sys.executable], ".py", EACH_PY.format(hook="dict", show="pprint(value, width=60, sort_dicts=False)"))
program("python-ordereddict", [sys.executable], ".py", EACH_PY.format(hook="OrderedDict", show="print(value)"))
program("python-ordereddict-pprint", [sys.executable], ".py", EACH_PY.format(hook="OrderedDict", show="pprint(value)"))
program("python312-ordereddict", python("3.12.1"), ".py", EACH_PY.format(hook="OrderedDict", show="print(value)"))
program("python2-repr", python("2.7.18"), ".py", EACH_PY.format(hook="OrderedDict", show="print(repr(dict(value)))"))
program("python-json-single", [sys.executable], ".py", EACH_PY.format(
    hook="dict", show="print('skip' if name in ('extra', 'hard') else json.dumps(value, indent=2).replace(chr(34), chr(39)))"))
YAML = DECODE + "import yaml\nfor name, value in json.load(sys.stdin).items():\n    print('--- ' + name)\n    value = value.get('xml', value)\n    print(yaml.dump(value, {options}), end='')\n"
program("yaml-python", [sys.executable], ".py", YAML.format(options="sort_keys=False"))
program("yaml-python-wide", [sys.executable], ".py", YAML.format(options="sort_keys=False, allow_unicode=True, width=30, indent=4"))
program("yaml-python-flow", [sys.executable], ".py", YAML.format(options="sort_keys=False, allow_unicode=True, default_flow_style=None, width=999"))

EACH_JS = "const util=require('util');const all=JSON.parse(require('fs').readFileSync(0,'utf8'));for(const name in all){{console.log('--- '+name);{show}}}"
program("node-log", ["node"], ".js", EACH_JS.format(show="console.log(util.inspect(all[name],{depth:9}))"))
program("node-narrow", ["node"], ".js", EACH_JS.format(show="console.log(util.inspect(all[name],{depth:9,breakLength:40,compact:1}))"))
program("node-old", ["node"], ".js", EACH_JS.format(show="console.log(util.inspect(all[name],{depth:9,breakLength:60,compact:true}))"))
program("node-one-line", ["node"], ".js", EACH_JS.format(show="console.log(util.inspect(all[name],{depth:9,breakLength:Infinity,sorted:true}))"))
program("node-null-prototype", ["node"], ".js", EACH_JS.format(
    show="const bare=v=>Array.isArray(v)?v.map(bare):v&&typeof v=='object'?Object.assign(Object.create(null),Object.fromEntries(Object.entries(v).map(([k,w])=>[k,bare(w)]))):v;console.log(util.inspect(bare(all[name]),{depth:9}))"))
program("node-default-depth", ["node"], ".js", EACH_JS.format(show="console.log(name=='wrapped'?util.inspect(all[name]):'skip')"))

EACH_RUBY = "# encoding: utf-8\nrequire 'json'\nrequire 'yaml'\nrequire 'pp'\nrequire 'ostruct'\nJSON.parse(STDIN.read).each do |name, value|\n  puts '--- ' + name\n  {show}\nend\n"
program("ruby-inspect", ["ruby", "-Ku"], ".rb", EACH_RUBY.format(show="puts value.inspect"))
program("ruby-pp", ["ruby", "-Ku"], ".rb", EACH_RUBY.format(show="pp value"))
program("ruby-symbols", ["ruby", "-Ku"], ".rb", EACH_RUBY.format(show="puts JSON.parse(JSON.generate(value), symbolize_names: true).inspect"))
# As Ruby 3.4 prints it.
program("ruby34-inspect", ["ruby", "-Ku"], ".rb", EACH_RUBY.format(show="puts value.inspect.gsub('\"=>', '\" => ')"))
program("ruby-openstruct", ["ruby", "-Ku"], ".rb", EACH_RUBY.format(show="puts JSON.parse(JSON.generate(value), object_class: OpenStruct).inspect"))
program("yaml-ruby", ["ruby", "-Ku"], ".rb", EACH_RUBY.format(show="puts (value['xml'] || value).to_yaml.sub(/\\A---\\n/, '')"))

EACH_PHP = "<?php foreach (json_decode(stream_get_contents(STDIN), {arrays}) as $name => $value) {{ echo \"--- $name\\n\"; {show} }}"
for form in ["print_r", "var_dump", "var_export"]:
    program(f"php-{form.replace('_', '-')}", ["php"], ".php", EACH_PHP.format(arrays="true", show=f"{form}($value); echo \"\\n\";"))
    program(f"php-{form.replace('_', '-')}-objects", ["php"], ".php", EACH_PHP.format(arrays="false", show=f"{form}($value); echo \"\\n\";"))
program("php-print-r-one-line", ["php"], ".php", EACH_PHP.format(arrays="true", show="echo preg_replace('/\\s+/', ' ', print_r($value, true)), \"\\n\";"))
program("php-short", ["php"], ".php", EACH_PHP.format(arrays="true", show="echo preg_replace(['/array \\(/', '/^(\\s*)\\)/m', '/=>\\s+\\[/', '/\\d+ => /'], ['[', '$1]', '=> [', ''], var_export($value, true)), \"\\n\";"))

GO = r'''package main
import ("encoding/json"; "fmt"; "os"; "strings")
type Item struct { TemplateId, SubscribeStatusString, PopupScene, MsgID, ErrorCode, ErrorStatus string }
type Name struct { Space, Local string }
type Message struct { XMLName Name; ToUserName, FromUserName string; CreateTime int64; MsgType, Event string; List []Item }
func main() {
	decoder := json.NewDecoder(os.Stdin)
	decoder.Token()
	for decoder.More() {
		name, _ := decoder.Token()
		var raw json.RawMessage
		decoder.Decode(&raw)
		%s
	}
}
var _ = strings.Contains
'''
program("go-map", ["go", "run"], ".go", GO % 'var value map[string]interface{}; json.Unmarshal(raw, &value); fmt.Println("---", name); fmt.Printf("%v\\n", value)')
STRUCT = 'if !strings.HasSuffix(name.(string), "-two") { continue }; value := Message{XMLName: Name{Local: "xml"}}; json.Unmarshal(raw, &value); fmt.Println("---", name); fmt.Printf("%s\\n", %s)'
program("go-struct", ["go", "run"], ".go", GO % (STRUCT % ("%+v", "value")))
program("go-pointer", ["go", "run"], ".go", GO % (STRUCT % ("%+v", "&value")))
program("go-slice", ["go", "run"], ".go", GO % (STRUCT % ("%+v", "[]Message{value}")))

JAVA = r'''import java.util.*; import java.util.stream.*;
public class Main {
  record Item(String TemplateId, String SubscribeStatusString) {}
  record Message(String ToUserName, String FromUserName, long CreateTime, String MsgType, String Event, List<Item> List) {}
  static int at; static String text;
  // The script hands over JSON without white space between tokens.
  static Object value() {
    char c = text.charAt(at);
    if (c == '{') { Map<String, Object> map = %s; at++;
      while (text.charAt(at) != '}') { if (text.charAt(at) == ',') at++; String name = string(); at++; map.put(name, value()); } at++; return map; }
    if (c == '[') { List<Object> list = new ArrayList<>(); at++;
      while (text.charAt(at) != ']') { if (text.charAt(at) == ',') at++; list.add(value()); } at++; return list; }
    if (c == '"') return string();
    int start = at; while (",}]".indexOf(text.charAt(at)) < 0) at++;
    String word = text.substring(start, at); return word.equals("null") ? null : word;
  }
  static String string() { StringBuilder out = new StringBuilder(); at++;
    while (text.charAt(at) != '"') { if (text.charAt(at) == '\\') at++; out.append(text.charAt(at++)); } at++; return out.toString(); }
  static String bean(Object value, String open, String quote, String close) {
    if (value instanceof Map<?, ?> map) return "Message" + open + map.entrySet().stream().map(e -> e.getKey() + "=" + bean(e.getValue(), open, quote, close)).collect(Collectors.joining(", ")) + close;
    if (value instanceof List<?> list) return "[" + list.stream().map(v -> bean(v, open, quote, close)).collect(Collectors.joining(", ")) + "]";
    return value == null ? "null" : value.equals("true") ? "true" : quote + value + quote;
  }
  @SuppressWarnings("unchecked")
  public static void main(String[] arguments) throws Exception {
    System.setOut(new java.io.PrintStream(System.out, true, "UTF-8"));
    text = new String(System.in.readAllBytes(), "UTF-8");
    for (var entry : ((Map<String, Object>) value()).entrySet()) {
      Map<String, Object> value = (Map<String, Object>) entry.getValue(); String name = entry.getKey();
      %s
    }
  }
}
'''
SHOW = 'System.out.println("--- " + name); System.out.println(%s);'
program("java-map", ["java"], ".java", JAVA % ("new LinkedHashMap<>()", SHOW % "value"))
program("java-hashmap", ["java"], ".java", JAVA % ("new LinkedHashMap<>()", SHOW % "name.equals(\"wrapped\") ? value : new HashMap<>(value)"))
program("java-lombok", ["java"], ".java", JAVA % ("new LinkedHashMap<>()", SHOW % 'bean(value, "(", "", ")")'))
program("java-quoted", ["java"], ".java", JAVA % ("new LinkedHashMap<>()", SHOW % 'bean(value, "{", "\'", "}")'))
program("java-record", ["java"], ".java", JAVA % ("new LinkedHashMap<>()", 'if (!name.equals("change-two")) continue; ' + SHOW % '''new Message((String) value.get("ToUserName"), (String) value.get("FromUserName"), Long.parseLong((String) value.get("CreateTime")), "event", (String) value.get("Event"), ((List<Map<String, String>>) value.get("List")).stream().map(i -> new Item(i.get("TemplateId"), i.get("SubscribeStatusString"))).collect(Collectors.toList()))'''))


def run(name):
    command, suffix, source = PROGRAMS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "Main" + suffix)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        given = json.dumps(CASES, ensure_ascii=False, separators=(",", ":")).encode()
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "GOFLAGS": "-mod=mod", "GO111MODULE": "off"}
        done = subprocess.run([*command, path], input=given, stdout=subprocess.PIPE, env=environment, check=True)
    with open(os.path.join(HERE, name + ".txt"), "wb") as file:
        file.write(done.stdout)


def main():
    with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(CASES, file, ensure_ascii=False, indent=1)
        file.write("\n")
    for name in sys.argv[1:] or PROGRAMS:
        run(name)


if __name__ == "__main__":
    main()
