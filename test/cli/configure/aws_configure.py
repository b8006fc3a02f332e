"""Runs many `aws` commands, each in a forked child with an environment of its own, and tells what came of each.

stdin: {"cases": [{"args": [...], "env": {...}, "input": "..."}]}; stdout: [{"code": 0, "stdout": "..."}]
"""

import json
import os
import signal
import sys
import tempfile

# What is imported here no child has to import again. A command would start threads, and no child has those.
import awscli.handlers  # noqa: F401
from awscli.clidriver import create_clidriver

# Importing awscli has put its own models there.
data = os.environ["AWS_DATA_PATH"]


def run(case):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.write(case.get("input", "").encode())
        given.seek(0)
        child = os.fork()
        if child == 0:
            code = 70
            try:
                signal.alarm(20)
                os.environ.clear()
                os.environ.update(case["env"], AWS_DATA_PATH=data)
                os.dup2(given.fileno(), 0)
                os.dup2(out.fileno(), 1)
                os.dup2(errors.fileno(), 2)
                sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
                try:
                    code = create_clidriver().main(case["args"]) or 0
                except SystemExit as end:
                    code = end.code or 0
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        errors.seek(0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "stdout": out.read().decode(errors="replace"),
            "stderr": errors.read().decode(errors="replace"),
        }


print(json.dumps([run(case) for case in json.load(sys.stdin)["cases"]]))
