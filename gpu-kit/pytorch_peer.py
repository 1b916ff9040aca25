#!/usr/bin/env python3
"""PyTorch on the same card, for GpuBenchmark's shapes, as the same lines of JSON.

Medians by device events, random data. Matrix products: cuBLAS in float32, in TF32 and in bfloat16. Training steps, the
data on the device and batches taken by shuffled indices, AdamW: eager, torch.compile with CUDA graphs where that works,
and a CUDA graph of the eager step captured by hand.
"""
import json
import statistics
import sys

import torch
from torch import nn

ROUNDS = 15


def line(**fields):
    print(json.dumps(fields), flush=True)


def median_micros(work):
    """The median time of one call of work, over rounds of about 50 ms."""
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def milliseconds(repetitions):
        begin.record()
        for _ in range(repetitions):
            work()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)

    for _ in range(3):
        work()
    torch.cuda.synchronize()
    repetitions = 1
    while milliseconds(repetitions) < 50:
        repetitions *= 2
    return statistics.median(milliseconds(repetitions) / repetitions * 1000 for _ in range(ROUNDS))


def graphed(work):
    """A CUDA graph of the work, as GpuBenchmark replays its own."""
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


def matmul(m, n, k, transposed, how):
    torch.backends.cuda.matmul.allow_tf32 = how == "tf32"
    dtype = torch.bfloat16 if how == "bf16" else torch.float32
    a = torch.rand(m, k, device="cuda") * 2 - 1
    b = torch.rand(k, n, device="cuda") * 2 - 1
    a = (a.t().contiguous().t() if transposed[0] == "t" else a).to(dtype)
    b = (b.t().contiguous().t() if transposed[1] == "t" else b).to(dtype)
    out = torch.empty(m, n, device="cuda", dtype=dtype)
    micros = median_micros(graphed(lambda: torch.matmul(a, b, out=out)))
    line(what="matmul", shape=[m, n, k], transposed=transposed, how="pytorch " + how, medianMicros=micros,
         tflops=2.0 * m * n * k / micros / 1e6)


class Training:
    """One training step, and what it needs."""

    def __init__(self, batch, sizes, autocast, capturable):
        samples = 64 * 1024
        self.batch = batch
        self.autocast = autocast
        self.features = torch.rand(samples, sizes[0], device="cuda") * 2 - 1
        self.labels = torch.randint(0, sizes[-1], (samples,), device="cuda")
        self.order = torch.randperm(samples, device="cuda")
        self.at = torch.zeros(1, dtype=torch.long, device="cuda")
        self.offsets = torch.arange(batch, device="cuda")
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
        self.model = nn.Sequential(*layers).cuda()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, capturable=capturable, fused=True)
        self.loss = nn.CrossEntropyLoss()
        self.total = torch.zeros(1, device="cuda")

    def step(self):
        rows = self.order[(self.at + self.offsets) % len(self.order)]
        with torch.autocast("cuda", torch.bfloat16, enabled=self.autocast):
            loss = self.loss(self.model(self.features[rows]), self.labels[rows])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.total += loss.detach()
        self.at += self.batch


def training_step(batch, sizes):
    def measure(how, autocast=False, tf32=False, make=lambda step: step, capturable=False):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        try:
            micros = median_micros(make(Training(batch, sizes, autocast, capturable).step))
        except Exception as failure:  # one way that does not work here must not hide the others
            line(what="training step", shape=sizes, batch=batch, how="pytorch " + how, failure=str(failure)[:300])
            return
        line(what="training step", shape=sizes, batch=batch, how="pytorch " + how, medianMicros=micros)

    measure("eager f32")
    measure("eager tf32", tf32=True)
    measure("eager bf16 autocast", autocast=True)
    measure("cuda graph f32", make=graphed, capturable=True)
    measure("compile with cuda graphs f32", capturable=True,
            make=lambda step: torch.compile(step, mode="reduce-overhead"))


def main():
    if not torch.cuda.is_available():
        sys.exit("PyTorch sees no GPU")
    line(what="device", name=torch.cuda.get_device_name(), detail="PyTorch " + torch.__version__)
    for size in (256, 512, 1024, 2048, 4096, 8192):
        for how in ("f32", "tf32", "bf16"):
            for transposed in ("nn", "nt", "tn", "tt") if how == "f32" else ("nn",):
                matmul(size, size, size, transposed, how)
    matmul(64, 128, 784, "nt", "f32")
    matmul(128, 784, 64, "tn", "f32")
    matmul(512, 784, 65536, "tn", "f32")
    training_step(64, [784, 128, 10])
    training_step(128, [784, 512, 256, 10])
    training_step(1024, [784, 2048, 2048, 10])


main()
