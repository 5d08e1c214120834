"""Reads every template with the parser of cfn-lint, and writes it as JSON next to it."""

import json
import pathlib
import sys

import cfnlint.decode

for folder in map(pathlib.Path, sys.argv[1:]):
    file = folder / "permissions.template.yaml"
    template, problems = cfnlint.decode.decode(str(file))
    if problems:
        sys.exit(f"{file}: {problems[0]}")
    (folder / "template.json").write_text(json.dumps(template))
