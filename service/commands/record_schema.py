"""The command `locution schema`: what a reading record is, for programs that take records in."""

from __future__ import annotations

import json

import click


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema of reading records.

    It holds for the reading.json files of `locution read`, and for the readings that the API gives. A record names its
    schema and version in the field "schema".
    """
    from vlm.values.record import record_schema

    click.echo(json.dumps(record_schema(), indent=1))
