#!/usr/bin/env python3
"""PyTorch on the same card, for GpuBenchmark's shapes, as the same lines of JSON.

Medians by device events, random data. Matrix products: cuBLAS in float32, in TF32 and in bfloat16, replayed from a CUDA
graph as ours are. Training steps, the data on the device and batches taken by shuffled indices, fused AdamW: eager, and
a CUDA graph of the whole step, each in float32, in TF32 and with bfloat16 autocast. Nothing in a step waits for the
device.

    pytorch_peer.py              products and training steps
    pytorch_peer.py --compiled   training steps with torch.compile and its CUDA graphs, which takes its time to compile
    pytorch_peer.py --rehearse   with either: tiny sizes on the processor, by the wall clock, without graphs, for nobody
                                 to read: that every line has run once before there is a GPU
"""
import json
import statistics
import sys
import time

import torch
from torch import nn

REHEARSAL = "--rehearse" in sys.argv
DEVICE = "cpu" if REHEARSAL else "cuda"
ROUNDS = 1 if REHEARSAL else 11
ROUND_MILLIS = 0 if REHEARSAL else 30
SAMPLES = 64 * 1024
PRECISIONS = ("f32", "tf32", "bf16")


def line(**fields):
    print(json.dumps(fields), flush=True)


class Events:
    """The time between two events in the device's queue."""

    def __init__(self):
        self.begun, self.ended = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def begin(self):
        self.begun.record()

    def milliseconds(self):
        self.ended.record()
        self.ended.synchronize()
        return self.begun.elapsed_time(self.ended)


class Wall:
    """For the rehearsal."""

    def begin(self):
        self.begun = time.perf_counter()

    def milliseconds(self):
        return (time.perf_counter() - self.begun) * 1e3


def median_micros(work):
    """The median time of one call of work, over rounds of 30 ms at least."""
    clock = Wall() if REHEARSAL else Events()

    def milliseconds(repetitions):
        clock.begin()
        for _ in range(repetitions):
            work()
        return clock.milliseconds()

    for _ in range(1 if REHEARSAL else 3):
        work()
    repetitions = 1
    while milliseconds(repetitions) < ROUND_MILLIS:
        repetitions *= 2
    return statistics.median(milliseconds(repetitions) / repetitions * 1000 for _ in range(ROUNDS))


def graphed(work):
    """A CUDA graph of the work, as GpuBenchmark replays its own."""
    if REHEARSAL:
        return work
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def allow_tf32(precision):
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")


def attempt(report, measure):
    """One way that does not work here must not hide the others."""
    try:
        report(**measure())
    except Exception as failure:
        report(failure=(type(failure).__name__ + ": " + str(failure))[:300])


def matmul(m, n, k, transposed, precision):
    def report(**fields):
        line(what="matmul", shape=[m, n, k], transposed=transposed, how="pytorch " + precision, **fields)

    def measure():
        allow_tf32(precision)
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        a = torch.rand(m, k, device=DEVICE) * 2 - 1
        b = torch.rand(k, n, device=DEVICE) * 2 - 1
        a = (a.t().contiguous().t() if transposed[0] == "t" else a).to(dtype)
        b = (b.t().contiguous().t() if transposed[1] == "t" else b).to(dtype)
        out = torch.empty(m, n, device=DEVICE, dtype=dtype)
        micros = median_micros(graphed(lambda: torch.matmul(a, b, out=out)))
        return {"medianMicros": micros, "tflops": 2.0 * m * n * k / micros / 1e6}

    attempt(report, measure)


class Training:
    """One training step, and what it needs."""

    def __init__(self, batch, sizes, autocast=False, capturable=False):
        self.autocast = autocast
        self.features = torch.rand(SAMPLES, sizes[0], device=DEVICE) * 2 - 1
        self.labels = torch.randint(0, sizes[-1], (SAMPLES,), device=DEVICE)
        # A row for each batch of the epoch: its samples, and at the end which row comes next. So the device finds its
        # way by itself, which a graph needs, and a step takes one lookup and one copy for it.
        order = torch.randperm(SAMPLES, device=DEVICE).view(-1, batch)
        following = (torch.arange(len(order), device=DEVICE) + 1) % len(order)
        self.order = torch.cat((order, following.view(-1, 1)), 1)
        self.at = torch.zeros(1, dtype=torch.long, device=DEVICE)
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
        self.model = nn.Sequential(*layers).to(DEVICE)
        capturable = capturable and not REHEARSAL
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, capturable=capturable, fused=True)
        self.loss = nn.CrossEntropyLoss()
        self.total = torch.zeros((), device=DEVICE)
        self.compute_loss = self.loss_of

    def loss_of(self, features, labels):
        with torch.autocast(DEVICE, torch.bfloat16, enabled=self.autocast):
            return self.loss(self.model(features), labels)

    def compiled(self):
        # On the processor another mode: there are no CUDA graphs, and no C compiler is asked for.
        options = {"backend": "eager"} if REHEARSAL else {"mode": "reduce-overhead"}
        self.compute_loss = torch.compile(self.loss_of, **options)
        return self.step

    def step(self):
        row = self.order.index_select(0, self.at).view(-1)
        self.at.copy_(row[-1:])
        rows = row[:-1]
        loss = self.compute_loss(self.features.index_select(0, rows), self.labels.index_select(0, rows))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.total += loss.detach()


def training_step(batch, sizes, ways):
    for how, precision, make in ways:
        def report(**fields):
            line(what="training step", shape=sizes, batch=batch, how="pytorch %s %s" % (how, precision), **fields)

        def measure():
            allow_tf32(precision)
            return {"medianMicros": median_micros(make(batch, sizes, precision == "bf16"))}

        attempt(report, measure)


def eager(batch, sizes, autocast):
    return Training(batch, sizes, autocast).step


def whole_graph(batch, sizes, autocast):
    return graphed(Training(batch, sizes, autocast, capturable=True).step)


def compiled(batch, sizes, autocast):
    return Training(batch, sizes, autocast).compiled()


def products():
    for size in (256,) if REHEARSAL else (256, 512, 1024, 2048, 4096, 8192):
        for precision in PRECISIONS:
            # All transpositions where it matters most; the others differ little.
            all_ways = precision == "f32" or size == 4096 or REHEARSAL
            for transposed in ("nn", "nt", "tn", "tt") if all_ways else ("nn",):
                matmul(size, size, size, transposed, precision)
    for precision in PRECISIONS:
        matmul(64, 128, 784, "nt", precision)
        matmul(128, 784, 64, "tn", precision)
        matmul(512, 784, 512 if REHEARSAL else 65536, "tn", precision)


def main():
    if not REHEARSAL and not torch.cuda.is_available():
        sys.exit("PyTorch sees no GPU")
    name = "processor" if REHEARSAL else torch.cuda.get_device_name()
    line(what="device", name=name, detail="PyTorch " + torch.__version__,
         clock="wall clock" if REHEARSAL else "device events")
    nets = [(8, [32, 16, 10])] if REHEARSAL else [(64, [784, 128, 10]), (128, [784, 512, 256, 10])]
    if "--compiled" in sys.argv:
        ways = [("compiled with CUDA graphs", precision, compiled) for precision in PRECISIONS]
    else:
        products()
        nets += [] if REHEARSAL else [(1024, [784, 2048, 2048, 10])]
        ways = [(how, precision, make) for how, make in (("eager", eager), ("CUDA graph", whole_graph))
                for precision in PRECISIONS]
    for batch, sizes in nets:
        training_step(batch, sizes, ways)


main()
