"""Preprocessor of the book: links to files outside of docs/ lead to the repository, since the book does not have them."""

import json
import posixpath
import re
import sys
import tomllib
from pathlib import Path

LINK = re.compile(r"\]\((\.\./[^)#\s]+)")


def rewrite(items, repository):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if not chapter:
            continue
        folder = posixpath.dirname("docs/" + (chapter["path"] or ""))

        def absolute(link):
            path = posixpath.normpath(posixpath.join(folder, link[1]))
            return link[0] if path.startswith("docs/") else f"]({repository}/blob/main/{path}"

        chapter["content"] = LINK.sub(absolute, chapter["content"])
        rewrite(chapter["sub_items"], repository)


if sys.argv[1:2] != ["supports"]:
    _, book = json.load(sys.stdin)
    manifest = tomllib.loads(Path("Cargo.toml").read_text("utf-8"))
    rewrite(book.get("items", book.get("sections")), manifest["package"]["repository"])
    json.dump(book, sys.stdout)
