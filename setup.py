"""What pre-commit installs for the hook: the program of this version, as a wheel.

Nothing else uses this file. pre-commit installs a hook by `pip install` in this folder.
"""

import pathlib
import re

from setuptools import setup

MANIFEST = pathlib.Path(__file__).with_name("Cargo.toml").read_text(encoding="utf-8")
VERSION = re.search(r'^version = "([^"]+)"', MANIFEST, re.MULTILINE).group(1)

setup(name="wxsub-hook", version=VERSION, install_requires=[f"wxsub=={VERSION}"], py_modules=[])
