#!/usr/bin/env python3
"""Prints how our rates compare with PyTorch's, from the lines that GpuBenchmark and pytorch_peer.py wrote.

A ratio is PyTorch's time over ours: above 1 we are faster. Where several turns measured the same, the median counts.
"""
import json
import statistics
import sys
from collections import defaultdict

PRECISIONS = ("f32", "tf32", "bf16")


def read(path):
    """Medians by (what, shape, way), failures by the same, and the devices."""
    times, failures, devices = defaultdict(list), {}, []
    device = {}
    with open(path, encoding="utf-8") as lines:
        for text in lines:
            try:
                line = json.loads(text)
            except ValueError:
                continue  # cut off, when its writer was stopped
            if line["what"] == "device":
                device = line
                if line not in devices:
                    devices.append(line)
                continue
            how = line["how"]
            if how.startswith("myelin") and device.get("id", "").startswith("opencl"):
                how = how.replace("myelin", "opencl")
            shape = "-".join(map(str, line["shape"]))
            what = "step " + shape + " batch " + str(line["batch"]) if "batch" in line else (
                "product " + shape + " " + line["transposed"])
            if "failure" in line:
                failures[what, how] = line["failure"]
            else:
                times[what, how].append((line["medianMicros"], line.get("tflops"), line.get("wallMicros")))
    medians = {key: [statistics.median(column) if column[0] is not None else None for column in zip(*rows)]
               for key, rows in times.items()}
    return medians, failures, devices


def rate(times):
    micros, tflops, wall = times
    return "%10.2f us%s%s" % (micros, " %7.2f TFLOP/s" % tflops if tflops else "",
                              " (%.2f with the epochs' ends)" % wall if wall else "")


def table(medians):
    whats = list(dict.fromkeys(what for what, _ in medians))
    for what in whats:
        for precision in PRECISIONS:
            ours = medians.get((what, "myelin " + precision))
            others = [(how, times) for (at, how), times in medians.items()
                      if at == what and precision in how.split() and how != "myelin " + precision]
            if ours or others:
                print("%-38s %-4s %s" % (what, precision, rate(ours) if ours else ""))
            for how, times in others:
                ratio = "  x%.2f" % (times[0] / ours[0]) if ours else ""
                print("    %-39s %s%s" % (how, rate(times), ratio))


def main():
    medians, failures, devices = read(sys.argv[1])
    for device in devices:
        print(" ".join(str(value) for key, value in device.items() if key != "what"))
    table(medians)
    for (what, how), failure in failures.items():
        print("FAILED: %s, %s: %s" % (how, what, failure.replace("\n", " ")[:120]))


main()
