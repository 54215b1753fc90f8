"""job.py IN OUT - the reference job in plain Python, a line at a time."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as source, \
        open(sys.argv[2], "w", encoding="utf-8") as sink:
    for line in source:
        message = json.loads(line)
        result = {}
        if "id" in message:
            result["id"] = message["id"]
        if "name" in message:
            result["name"] = message["name"]
        status = message.get("status")
        result["status"] = "new" if status is None else status
        total = 0
        for key in ("value1", "value2"):
            value = message.get(key)
            if isinstance(value, (int, float)):
                total += value
        result["total"] = total
        sink.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")
