"""Compares what pyjstat and openpyxl read of the downloads with the list in JSON."""

import io
import json
import os
import sys
import urllib.request
from decimal import Decimal

import openpyxl
from pyjstat import pyjstat

KEY = ["metric", "area", "period", "accumulation", "role"]
LIST = sys.argv[1] + "/api/v1/observations"


def ask(address, body=None):
    """What the service answers to a GET, or to a POST of a body."""
    headers = {"Authorization": "Bearer " + os.environ["TAIZHANG_KEY"], "Content-Type": "application/json"}
    request = urllib.request.Request(address, body and body.encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


# Figures that formats are known to spoil.
for period, value in [("2019", "660.60"), ("2020", "0.000001"), ("2021", "999999999999"), ("2022-01/2022-11", "0.10")]:
    statement = {"metric": "education.fund.raised", "area": "430681107000", "period": period, "note": "=1+1"}
    ask(LIST, json.dumps(statement)[:-1] + ', "value": ' + value + "}")

items = json.loads(ask(LIST + "?limit=1000"), parse_float=Decimal, parse_int=Decimal)["items"]
figures = {tuple(item[member] for member in KEY): item["value"] for item in items}
assert len(figures) == len(items) > 50, len(items)

cube = pyjstat.Dataset.read(ask(LIST + "?format=json-stat").decode()).write("dataframe", naming="id")
cube = cube[cube["value"].notna()]
read = {tuple(row[member] for member in KEY): row["value"] for _, row in cube.iterrows()}
assert read == {key: float(value) for key, value in figures.items()}, "pyjstat reads other figures"

book = openpyxl.load_workbook(io.BytesIO(ask(LIST + "?format=xlsx")))
header, *rows = book.worksheets[0].iter_rows()
column = {cell.value: at for at, cell in enumerate(header)}
assert len(rows) == len(items), "openpyxl reads another number of rows"
for row, item in zip(rows, items):
    for member in KEY + ["unit", "comparator", "text", "note"]:
        cell = row[column[member]]
        assert cell.value == item[member] and cell.data_type in "sn", (member, cell.value, item[member])
    cell = row[column["value"]]
    assert cell.value == float(item["value"]), (cell.value, item["value"])
    decimals = int(item["decimals"])
    assert cell.number_format == ("0." + "0" * decimals if decimals else "0"), (cell.number_format, decimals)
assert any(row[0].value == "education.fund.raised" for row in book.worksheets[1].iter_rows()), "no notes"

print(f"{len(items)} observations: pyjstat and openpyxl read the figures of the list")
