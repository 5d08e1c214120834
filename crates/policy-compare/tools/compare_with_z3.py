#!/usr/bin/env python3
"""Compares verdicts with those of the SMT solver z3 for random pairs of policies.

    pip install z3-solver
    cargo build --release -p iam-policy-compare --example pairs
    python3 compare_with_z3.py --program target/release/examples/pairs --pairs 100000 --seed 1

The encoding shares nothing with the crate: resources and values are z3 strings with regular expressions, and the values
of a multivalued key are a few slots that may be empty. Requests are those that AWS could receive: some keys are always
present, and `aws:username` is the name of a user. Prints every disagreement, and a count at the end.
"""

import argparse
import datetime
import ipaddress
import json
import random
import re
import subprocess
import sys
import time
from fractions import Fraction

import z3

# Examples of every kind of action for each action pattern that the generator uses.
ACTIONS = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:GetObjectAcl",
    "s3:GetAccountPublicAccessBlock",
    "s3:PutObjectAcl",
    "s3:ListBucket",
    "s3:ListAllMyBuckets",
    "sqs:SendMessage",
    "sqs:ListQueues",
    "iam:GetUser",
    "iam:ListUsers",
]
ACTION_PATTERNS = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "*", "s3:Put*", "s3:*Object", "sqs:*"]

ANY = z3.Range(" ", "~")
NO_COLON = z3.Union(z3.Range(" ", "9"), z3.Range(";", "~"))
# The characters of a user's name, at least as far as they matter to patterns.
OF_NAME = z3.Union(z3.Range(" ", "."), z3.Range("0", "9"), z3.Range(";", "~"))
# In every request, according to "AWS global condition context keys" in the IAM User Guide.
ALWAYS_PRESENT = ["aws:SecureTransport", "aws:CurrentTime"]
NAME = re.compile(r"\$\{aws:username(?:, '([^']*)')?\}")
SLOTS = 4
LOW = (1 << 128) - 1


def one_of(chance, *choices):
    return chance.choice(choices)


def name(chance):
    return one_of(chance, "${aws:username}", "${aws:username}", "${aws:username, 'ann'}", "${aws:username, ''}", "${aws:username, 'a'}")


def tail(chance):
    kind = chance.random()
    if kind < 0.15:
        return one_of(chance, "home/%s", "home/%s/*", "%s/*", "home/%s/docs/*") % name(chance)
    if kind < 0.5:
        return one_of(chance, "a", "a/*", "a/b", "*", "logs-*", "logs-eu/*", "*/b", "home/*", "home/ann/*", "home/ann", "a?", "a/?", "*a*b", "?*")
    return "".join(chance.choice("ab/*?") for _ in range(chance.randint(1, 5)))


def resource(chance):
    kind = chance.random()
    if kind < 0.12:
        return "*"
    if kind < 0.2:
        return one_of(chance, "arn:aws:s3:*", "arn:*:s3:::*", "arn:aws:*", "arn:aws:s3:::*")
    if kind < 0.3:
        return "arn:aws:sqs:%s:%s:%s" % (one_of(chance, "*", "eu-*", "eu-west-1"), one_of(chance, "*", "123456789012", "1*"), one_of(chance, "*", "q", "q*"))
    return "arn:aws:s3:::" + tail(chance)


def some(chance, choices, most=2):
    return chance.sample(choices, chance.randint(1, most))


def condition(chance):
    exists = one_of(chance, "", "", "", "IfExists")
    no = one_of(chance, "", "Not")
    kind = chance.randrange(9)
    if kind == 0:
        return "String%sEquals%s" % (no, exists), "aws:username", some(chance, ["ann", "bob", "Ann", "annie"])
    if kind == 1:
        return "String%sLike%s" % (no, exists), "s3:prefix", some(chance, ["a*", "*b", "a?", "ab", "*", "*a*b*", "home/*", name(chance), name(chance) + "/*"])
    if kind == 2:
        return "String%sEqualsIgnoreCase%s" % (no, exists), "aws:username", some(chance, ["ANN", "bob", "Annie"])
    if kind == 3:
        order = one_of(chance, "Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        return "Numeric" + order + exists, "s3:max-keys", some(chance, ["1", "2", "10", "2.5", "1e1", "25e-1", "9007199254740992", "9007199254740993", "9007199254740992.5"])
    if kind == 4:
        return one_of(chance, "IpAddress", "NotIpAddress") + exists, "aws:SourceIp", some(chance, ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1", "::/0"])
    if kind == 5:
        return "Bool" + exists, "aws:SecureTransport", [one_of(chance, "true", "false")]
    if kind == 6:
        return "Null", one_of(chance, "aws:username", "aws:TagKeys", "s3:prefix", "aws:SecureTransport"), [one_of(chance, "true", "false")]
    if kind == 7:
        return "%s:String%sLike" % (one_of(chance, "ForAllValues", "ForAnyValue"), no), "aws:TagKeys", some(chance, ["a*", "b", "*b", "ab", "cost?"])
    order = one_of(chance, "Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    dates = ["2026-01-01T00:00:00Z", "2027-01-01", "2026-01-01T01:30:00+01:30", "1767225600", "2026-01-01T00:00:00.5Z", "1767225600.25", "2025-12-31T23:59Z"]
    return "Date" + order + exists, "aws:CurrentTime", some(chance, dates)


def statement(chance):
    made = {"Effect": one_of(chance, "Allow", "Allow", "Deny")}
    made["NotAction" if chance.random() < 0.12 else "Action"] = some(chance, ACTION_PATTERNS)
    made["NotResource" if chance.random() < 0.12 else "Resource"] = [resource(chance) for _ in range(chance.randint(1, 2))]
    block = {}
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        operator, key, values = condition(chance)
        block.setdefault(operator, {})[key] = values
    if block:
        made["Condition"] = block
    return made


def policy(chance):
    return {"Version": "2012-10-17", "Statement": [statement(chance) for _ in range(chance.randint(1, 4))]}


def mutant(chance, old):
    new = json.loads(json.dumps(old))
    statements = new["Statement"]
    for _ in range(chance.randint(1, 2)):
        kind = chance.randrange(6)
        at = chance.randrange(len(statements)) if statements else 0
        if kind == 0 or not statements:
            statements.append(statement(chance))
        elif kind == 1 and len(statements) > 1:
            del statements[at]
        elif kind == 2:
            key = "Resource" if "Resource" in statements[at] else "NotResource"
            statements[at][key] = statements[at][key][:1] + [resource(chance)]
        elif kind == 3:
            key = "Action" if "Action" in statements[at] else "NotAction"
            statements[at][key] = some(chance, ACTION_PATTERNS)
        elif kind == 4:
            statements[at].pop("Condition", None)
        else:
            operator, key, values = condition(chance)
            statements[at].setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return new


def literal(text):
    return z3.Re(z3.StringVal(text))


def joined(parts):
    parts = list(parts)
    if not parts:
        return literal("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def expression(pattern, character=ANY, fold=False):
    parts = []
    for c in pattern:
        if c == "*":
            parts.append(z3.Star(character))
        elif c == "?":
            parts.append(character)
        elif fold and c.isalpha():
            parts.append(z3.Union(literal(c.lower()), literal(c.upper())))
        else:
            parts.append(literal(c))
    return joined(parts)


def fits_text(pattern, text, has_name, of_name, whole):
    """Whether a string matches a pattern that may contain a variable.

    `whole` turns a pattern without variables into an expression.
    """
    found = NAME.search(pattern)
    if not found:
        return z3.InRe(text, whole(pattern))
    front, back, default = pattern[: found.start()], pattern[found.end() :], found.group(1)
    if back.endswith("*"):
        matches = z3.PrefixOf(z3.Concat(z3.StringVal(front), of_name, z3.StringVal(back[:-1])), text)
    else:
        matches = text == z3.Concat(z3.StringVal(front), of_name, z3.StringVal(back))
    named = z3.And(has_name, matches)
    if default is None:
        return named
    return z3.Or(named, z3.And(z3.Not(has_name), z3.InRe(text, whole(front + default + back))))


def arn_expression(pattern):
    segments = pattern.split(":", 5)
    parts = []
    for number, segment in enumerate(segments):
        if number:
            parts.append(literal(":"))
        parts.append(expression(segment, ANY if number == 5 else NO_COLON))
    if len(segments) < 6 and pattern.endswith("*"):
        parts.append(z3.Star(ANY))
    return joined(parts)


IS_ARN = z3.Concat(
    literal("arn:"), z3.Plus(NO_COLON), literal(":"), z3.Plus(NO_COLON), literal(":"), z3.Star(NO_COLON), literal(":"),
    z3.Star(NO_COLON), literal(":"), z3.Plus(ANY),
)


class Request:
    """The variables of a request, fresh for each question."""

    def __init__(self):
        self.resource = z3.String("resource")
        self.present = {}
        self.value = {}
        for key in ["aws:username", "s3:prefix", "s3:max-keys", "aws:SourceIp", "aws:SecureTransport", "aws:CurrentTime"]:
            self.present[key] = z3.Bool("has " + key)
        for key in ["aws:username", "s3:prefix"]:
            self.value[key] = z3.String(key)
        self.value["s3:max-keys"] = z3.Real("s3:max-keys")
        self.value["aws:CurrentTime"] = z3.Real("aws:CurrentTime")
        self.value["aws:SourceIp"] = z3.BitVec("aws:SourceIp", 129)
        self.value["aws:SecureTransport"] = z3.Bool("aws:SecureTransport")
        self.slots = [(z3.Bool("has tag %d" % slot), z3.String("tag %d" % slot)) for slot in range(SLOTS)]

    def sane(self):
        text = z3.Plus(ANY)
        return z3.And(
            *[self.present[key] for key in ALWAYS_PRESENT],
            z3.InRe(self.value["aws:username"], z3.Plus(OF_NAME)),
            # The listing of a bucket's root has an empty prefix.
            z3.InRe(self.value["s3:prefix"], z3.Star(ANY)),
            z3.Implies(z3.Extract(128, 128, self.value["aws:SourceIp"]) == 0, z3.ULT(self.value["aws:SourceIp"], 1 << 32)),
            *[z3.InRe(value, text) for _, value in self.slots],
        )

    def resource_matches(self, pattern):
        if pattern == "*":
            return z3.BoolVal(True)
        return fits_text(pattern, self.resource, self.present["aws:username"], self.value["aws:username"], arn_expression)

    def value_matches(self, operator, key, value, expected):
        if operator == "StringEquals":
            return value == z3.StringVal(expected)
        if operator == "StringEqualsIgnoreCase":
            return z3.InRe(value, expression(expected, fold=True))
        if operator == "StringLike":
            return fits_text(expected, value, self.present["aws:username"], self.value["aws:username"], expression)
        if operator == "IpAddress":
            network = ipaddress.ip_network(expected, strict=False)
            return z3.And(
                z3.Extract(128, 128, value) == int(network.version == 6),
                z3.LShR(value & LOW, network.max_prefixlen - network.prefixlen)
                == int(network.network_address) >> network.max_prefixlen - network.prefixlen,
            )
        if operator == "Bool":
            return value == z3.BoolVal(expected == "true")
        number = real(moment(expected) if operator.startswith("Date") else Fraction(expected))
        order = operator.replace("Numeric", "").replace("Date", "")
        return {
            "Equals": value == number,
            "LessThan": value < number,
            "LessThanEquals": value <= number,
            "GreaterThan": value > number,
            "GreaterThanEquals": value >= number,
        }[order]

    def condition(self, operator, key, expected):
        if key == "aws:TagKeys":
            has = z3.Or(*[has for has, _ in self.slots])
        else:
            has = self.present[key]
        if operator == "Null":
            return z3.Or(*[z3.Not(has) if value == "true" else has for value in expected])
        quantifier, _, rest = operator.rpartition(":")
        if_exists = rest.endswith("IfExists")
        rest = rest.removesuffix("IfExists")
        negated = "Not" in rest
        rest = rest.replace("Not", "")

        def fits(value):
            fit = z3.Or(*[self.value_matches(rest, key, value, one) for one in expected])
            return z3.Not(fit) if negated else fit

        if quantifier == "ForAllValues":
            return z3.And(*[z3.Implies(has, fits(value)) for has, value in self.slots])
        if quantifier == "ForAnyValue":
            return z3.Or(*[z3.And(has, fits(value)) for has, value in self.slots])
        if negated or if_exists:
            return z3.Or(z3.Not(has), fits(self.value[key]))
        return z3.And(has, fits(self.value[key]))

    def statement(self, made):
        parts = []
        if "Resource" in made:
            parts.append(z3.Or(*[self.resource_matches(pattern) for pattern in made["Resource"]]))
        else:
            parts.append(z3.Not(z3.Or(*[self.resource_matches(pattern) for pattern in made["NotResource"]])))
        for operator, keys in made.get("Condition", {}).items():
            for key, expected in keys.items():
                parts.append(self.condition(operator, key, expected))
        return z3.And(*parts)

    def allowed(self, action, document):
        def has(effect):
            return z3.Or(*[self.statement(made) for made in document["Statement"] if made["Effect"] == effect and is_about(made, action)])

        return z3.And(has("Allow"), z3.Not(has("Deny")))


def glob(pattern, text):
    if not pattern:
        return not text
    if pattern[0] == "*":
        return glob(pattern[1:], text) or bool(text) and glob(pattern, text[1:])
    return bool(text) and pattern[0] == text[0] and glob(pattern[1:], text[1:])


def is_about(made, action):
    named = any(glob(pattern.lower(), action.lower()) for pattern in made.get("Action", made.get("NotAction")))
    return named == ("Action" in made)


def shows(witness, one, other):
    """Whether the witness is a request that `one` allows and `other` does not, as z3 sees it."""
    request = Request()
    solver = z3.Solver()
    solver.set("timeout", 3000)
    context = witness["context"]
    solver.add(request.resource == z3.StringVal(witness["resource"]))
    for key, has in request.present.items():
        if key not in context:
            continue
        values = context[key]
        solver.add(has == z3.BoolVal(bool(values)))
        if not values:
            continue
        if key in ("aws:username", "s3:prefix"):
            solver.add(request.value[key] == z3.StringVal(values[0]))
        elif key == "aws:SecureTransport":
            solver.add(request.value[key] == z3.BoolVal(values[0] == "true"))
        elif key == "s3:max-keys":
            solver.add(request.value[key] == real(Fraction(values[0])))
        elif key == "aws:CurrentTime":
            solver.add(request.value[key] == real(moment(values[0])))
        else:
            address = ipaddress.ip_address(values[0])
            solver.add(request.value[key] == ((address.version == 6) << 128 | int(address)))
    tags = context.get("aws:TagKeys", [])
    for slot, (has, value) in enumerate(request.slots):
        solver.add(has == z3.BoolVal(slot < len(tags)))
        if slot < len(tags):
            solver.add(value == z3.StringVal(tags[slot]))
    action = witness["action"]
    solver.add(request.sane(), request.allowed(action, one), z3.Not(request.allowed(action, other)))
    return solver.check() == z3.sat


def real(number):
    return z3.RealVal(str(number))


def moment(text):
    """Seconds since 1970."""
    if not re.search(r"\d-\d", text):
        return Fraction(text)
    # Python's dates only have microseconds.
    fraction = re.search(r"\.\d+", text)
    date = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    seconds = (date.replace(tzinfo=date.tzinfo or datetime.timezone.utc) - start) // datetime.timedelta(seconds=1)
    return seconds + Fraction("0" + fraction.group() if fraction else 0)


def allows_more(one, other, witness):
    """Whether `one` allows something that `other` does not; None if z3 cannot decide.

    With a witness, z3 only has to accept it, which is much faster than searching for one.
    """
    if witness and shows(witness, one, other):
        return True
    unknown = False
    seen = set()
    for action in ACTIONS:
        key = json.dumps([[made for made in document["Statement"] if is_about(made, action)] for document in (one, other)])
        if key in seen:
            continue
        seen.add(key)
        if not any(made["Effect"] == "Allow" and is_about(made, action) for made in one["Statement"]):
            continue
        request = Request()
        solver = z3.Solver()
        solver.set("timeout", 3000)
        solver.add(request.sane())
        is_star = request.resource == z3.StringVal("*")
        solver.add(z3.Or(is_star, z3.InRe(request.resource, IS_ARN)))
        solver.add(request.allowed(action, one), z3.Not(request.allowed(action, other)))
        answer = solver.check()
        if answer == z3.sat:
            return True
        unknown |= answer == z3.unknown
    return None if unknown else False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the example `pairs`, built")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    program = subprocess.Popen([options.program, "--any-resource"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    count = {"agree": 0, "z3 unknown": 0, "unknown": 0, "disagree": 0}
    verdicts = {}
    start = time.time()
    for number in range(options.pairs):
        if time.time() - start > options.minutes * 60:
            break
        old = policy(chance)
        new = mutant(chance, old) if chance.random() < 0.8 else policy(chance)
        program.stdin.write(json.dumps({"id": number, "old": old, "new": new}) + "\n")
        program.stdin.flush()
        answer = json.loads(program.stdout.readline())
        verdict = answer["verdict"]
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
        more, less = allows_more(new, old, answer["newlyAllowed"]), allows_more(old, new, answer["newlyDenied"])
        if more is None or less is None:
            count["z3 unknown"] += 1
            continue
        expected = {(False, False): "equivalent", (True, False): "widened", (False, True): "narrowed", (True, True): "incomparable"}[more, less]
        if verdict == expected:
            count["agree"] += 1
        elif verdict == "unknown":
            count["unknown"] += 1
            print("unknown", expected, json.dumps({"id": number, "old": old, "new": new}), answer["because"], flush=True)
        else:
            count["disagree"] += 1
            print("DISAGREE", verdict, expected, json.dumps({"id": number, "old": old, "new": new}), flush=True)
        if number % 1000 == 999:
            print(number + 1, count, verdicts, "%.0f s" % (time.time() - start), file=sys.stderr, flush=True)
    print(sum(count.values()), "pairs:", count, verdicts, "%.0f s" % (time.time() - start))
    sys.exit(count["disagree"] > 0)


if __name__ == "__main__":
    main()
