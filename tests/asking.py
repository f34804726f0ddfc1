"""Requests to the service, for the scripts beside this one."""

import json
import os
import urllib.error
import urllib.request

KEY = os.environ["TAIZHANG_KEY"]


def ask(url, method="GET", body=None, headers=(), context=None):
    """Status, headers and body of an answer, whatever its status."""
    request = urllib.request.Request(url, method=method)
    for name, value in {"Authorization": f"Bearer {KEY}", **dict(headers)}.items():
        request.add_header(name, value)
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, context=context, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()
