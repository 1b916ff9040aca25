"""Compares a model's predictions in onnxruntime, PyTorch and NumPy with those of `myelin predict`.

python compare.py STEM MNIST_FOLDER: STEM.onnx, STEM.npz and STEM.parameters.safetensors are exports of one
model with relu, STEM.csv is what `myelin predict --out` wrote for the test images of MNIST_FOLDER. Of the
libraries, those that can be imported are compared.
"""
import csv
import gzip
import sys

import numpy as np

stem, folder = sys.argv[1:]
with gzip.open(f"{folder}/t10k-images-idx3-ubyte.gz") as file:
    images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
features = images.astype(np.float32) / np.float32(255)
with open(f"{stem}.csv", newline="") as file:
    rows = list(csv.reader(file))[1:]
labels = np.array([int(row[0]) for row in rows])
probabilities = np.array([row[1:] for row in rows], np.float32)


def onnxruntime():
    import onnxruntime
    session = onnxruntime.InferenceSession(f"{stem}.onnx", providers=["CPUExecutionProvider"])
    return onnxruntime.__version__, *session.run(["label", "probabilities"], {"features": features})


def torch():
    import safetensors.torch
    import torch
    state = safetensors.torch.load_file(f"{stem}.parameters.safetensors")
    weights = [value for name, value in sorted(state.items(), key=lambda it: int(it[0].split(".")[0]))
               if name.endswith("weight")]
    modules = [m for w in weights for m in (torch.nn.Linear(w.shape[1], w.shape[0]), torch.nn.ReLU())][:-1]
    network = torch.nn.Sequential(*modules)
    network.load_state_dict(state)
    with torch.no_grad():
        result = torch.softmax(network(torch.from_numpy(features)), 1).numpy()
    return torch.__version__, result.argmax(1), result


def numpy():
    arrays = np.load(f"{stem}.npz")
    x = features.astype(np.float64)
    numbers = sorted(int(name.split(".")[0]) for name in arrays if name.endswith(".weight"))
    for i in numbers:
        x = x @ arrays[f"{i}.weight"].T.astype(np.float64) + arrays[f"{i}.bias"]
        x = x if i == numbers[-1] else np.maximum(x, 0)
    powers = np.exp(x - x.max(1, keepdims=True))
    names = arrays["class_names"]
    return np.__version__ + ", float64", names[x.argmax(1)].astype(int), powers / powers.sum(1, keepdims=True)


for library in onnxruntime, torch, numpy:
    try:
        version, their_labels, their_probabilities = library()
    except ImportError as missing:
        print(f"{library.__name__}: {missing}")
        continue
    same = int((their_labels == labels).sum())
    largest = np.abs(their_probabilities - probabilities).max()
    print(f"{library.__name__} {version}: {same} of {len(labels)} labels agree, "
          f"probabilities differ by at most {largest:.1e}")
