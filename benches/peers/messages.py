"""Writes the records of a capture in XML, read with wechatpy: messages.py SHAPE FILE"""

import sys

from records import main, of_payload
from wechatpy import parse_message


def of_xml(body):
    return of_payload(parse_message(body)._data)


main(of_xml, *sys.argv[1:])
