"""How many documents a second parliament analyzes, in process and with its data read once.
usage: peer.py POLICIES.jsonl, each line of the file an object whose "document" is a policy
Documents on which it fails count as analyzed; how many they are goes to standard error."""
import json, sys, time
from parliament import analyze_policy_string

documents = [json.dumps(json.loads(line)["document"]) for line in open(sys.argv[1])]
analyze_policy_string(documents[0])
start, failed = time.time(), 0
for document in documents:
    try:
        analyze_policy_string(document)
    except Exception:
        failed += 1
print(f"{len(documents) / (time.time() - start):.1f}")
print(f"failed on {failed} of {len(documents)}", file=sys.stderr)
