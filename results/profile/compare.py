"""Compares what Perfetto read of a timeline with the timeline itself, event by event.

trace_processor_shell query -f slices.sql FILE.json >slices.txt; python compare.py FILE.json slices.txt
"""
import collections
import json
import sys

timeline, slices = sys.argv[1:]
with open(timeline, encoding="utf-8") as file:
    events = json.load(file)["traceEvents"]
with open(slices, encoding="utf-8") as file:
    read = [line.rstrip("\n")[1:-1].split("\t") for line in file][1:]
read = [row[:7] + sorted(arg for arg in row[7:] if arg) for row in read]

names = {(event["name"], event["tid"]): event["args"]["name"] for event in events if event["name"].endswith("_name")}
process = names["process_name", 0]


def is_over(earlier, begin, end):
    """Whether an event lies around no other that begins so late; two of no length lie within each other."""
    if earlier[0] == earlier[1] == begin == end:
        return False
    return earlier[1] <= begin


written = []
around = collections.defaultdict(list)
overlapping = 0
for event in events:
    if event["ph"] != "X":
        continue
    begin = round(event["ts"] * 1000)  # whole nanoseconds, as Perfetto has them
    end = begin + round(event["dur"] * 1000)
    track = names["thread_name", event["tid"]]
    while around[track] and is_over(around[track][-1], begin, end):
        around[track].pop()
    overlapping += bool(around[track]) and end > around[track][-1][1]
    args = [f"args.{name}={value}" for name, value in event.get("args", {}).items()]
    depth = len(around[track])
    written.append([process, track, str(depth), event["cat"], event["name"], str(begin), str(end - begin), *sorted(args)])
    around[track].append((begin, end))

print(f"{'track':<12}{'events':>10}{'slices':>10}{'depths':>8}{'with args':>11}{'bytes':>18}")
for track in sorted({row[1] for row in written + read}):
    there = [row for row in read if row[1] == track]
    sizes = [int(arg.split("=")[1]) for row in there for arg in row[7:] if arg.startswith("args.bytes=")]
    print(f"{track:<12}{sum(row[1] == track for row in written):>10,}{len(there):>10,}{len({row[2] for row in there}):>8}"
          f"{sum(len(row) > 7 for row in there):>11,}{sum(sizes):>18,}")
lost = collections.Counter(map(tuple, written)) - collections.Counter(map(tuple, read))
added = collections.Counter(map(tuple, read)) - collections.Counter(map(tuple, written))
print(f"overlapping in part: {overlapping}; written and not read: {lost.total()}; read and not written: {added.total()}")
for row in [*lost][:3] + [*added][:3]:
    print(*row, sep=" | ")
sys.exit(bool(overlapping or lost or added))
