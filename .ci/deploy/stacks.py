"""Synthesizes the construct of every spec with some choices, and writes the templates next to it: `stacks.py OUT COUNT FOLDER…`."""

import importlib.util
import json
import pathlib
import sys

import aws_cdk as cdk

REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def synthesized(module, choice, outdir):
    # The partition is known when the stack is synthesized, or only when it is deployed.
    context = {"@aws-cdk/core:enablePartitionLiterals": choice["literal"]}
    app = cdk.App(outdir=outdir, analytics_reporting=False, context=context)
    env = cdk.Environment(region=REGIONS[choice["partition"]], account="123456789012") if choice["literal"] else None
    stack = cdk.Stack(app, "Stack", env=env)
    module.Permissions(stack, "Permissions", **choice["python"])
    return app.synth().get_stack_by_name("Stack").template


outdir, count, *folders = sys.argv[1:]
for number, folder in enumerate(map(pathlib.Path, folders)):
    spec = importlib.util.spec_from_file_location(f"permissions_{number}", folder / "permissions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    choices = json.loads((folder / "choices.json").read_text())[: int(count)]
    stacks = [synthesized(module, choice, outdir) for choice in choices]
    (folder / "python.json").write_text(json.dumps(stacks))
