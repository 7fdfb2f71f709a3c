#!/usr/bin/env python3
"""Reads what `check --format junit` writes with junitparser, over file names that need every escape.

junit_reader.py PATH-TO-WXSUB; needs junitparser 5.
"""
import os
import subprocess
import sys
import tempfile

from junitparser import Failure, JUnitXml

ODD = '{"ToUserName":"gh_5a2c71d0e9b4","Event":"subscribe_msg_change_event","a\\u0007]]><&":1,"List":[],}\n'
CLEAN = (
    '{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"o0LloXjEDNrbUldTysPkh4uS-Haw","CreateTime":1763812861,'
    '"MsgType":"event","Event":"subscribe_msg_change_event","List":'
    '{"TemplateId":"KB8hJiBh-3sQXKxixVOz_2z0vOhWBBRQs9c7_9XOOMN","SubscribeStatusString":"reject"}}\n'
)
NAMES = ["with space", "comma,percent%", "colon:1:2", "quote\"'", "line\nfeed", "<angle>&amp;", "订阅消息", "sub/a"]


def check(wxsub, folder, *args):
    command = [os.path.abspath(wxsub), "check", "--no-config", "--quiet", "--format", "junit", *args]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE)
    suites = JUnitXml.fromstring(run.stdout)
    return run.returncode, {case.name: case for suite in suites for case in suite}, suites


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "sub"))
        for name in NAMES:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(ODD)
        with open(os.path.join(folder, "clean"), "w", encoding="utf-8") as file:
            file.write(CLEAN)
        status, cases, suites = check(sys.argv[1], folder, ".")
    assert status == 1, status
    assert set(cases) == {*NAMES, "clean"}, set(cases)
    assert (suites.tests, suites.failures, suites.errors) == (len(NAMES) + 1, len(NAMES), 0)
    for name, case in cases.items():
        assert case.is_passed == (name == "clean"), name
        if name != "clean":
            [failure] = case.result
            assert isinstance(failure, Failure) and failure.type == "missing-field", failure
            assert "error[missing-field]" in failure.text and "trailing-comma" in case.system_out
    print(f"{len(cases)} cases read by junitparser")


main()
