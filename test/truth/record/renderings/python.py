"""Calls one operation with the real boto3 and shows its error as programs do."""

import json
import re
import sys

import boto3

service, operation, given, shown = sys.argv[1:5]
client = boto3.client(service, region_name="us-east-1")
method = getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
try:
    method(**json.loads(given))
except Exception as error:
    if shown == "string":
        print(error, file=sys.stderr)
    elif shown == "repr":
        print(repr(error), file=sys.stderr)
    elif shown == "response":
        print(error.response, file=sys.stderr)
    elif shown == "wrapped":
        raise RuntimeError("upload failed") from error
    else:
        raise
