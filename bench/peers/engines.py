"""The engines. Each function prepares one network and gives a function that runs it once on the inputs."""

import os
from collections.abc import Callable
from pathlib import Path

import models
import numpy
import torch

Pass = Callable[[], numpy.ndarray]
THREADS = len(os.sched_getaffinity(0))


def pytorch(network: models.Network, cache: Path) -> Pass:
    """PyTorch, eager, channels last, as diffusers runs it."""
    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(False)
    module = models.module(network, cache).to(memory_format=torch.channels_last)
    values = [value.contiguous(memory_format=torch.channels_last) if value.dim() == 4 else value
              for value in models.inputs(network).values()]
    return lambda: module(*values).numpy()


def onnxruntime(network: models.Network, cache: Path) -> Pass:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    path = str(models.onnx_file(network, cache))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    values = {name: value.numpy() for name, value in models.inputs(network).items()}
    return lambda: session.run(None, values)[0]


def openvino(network: models.Network, cache: Path) -> Pass:
    import openvino

    core = openvino.Core()
    # Its own choice is half the precision where the processor has bfloat16.
    settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": THREADS}
    compiled = core.compile_model(core.read_model(str(models.onnx_file(network, cache))), "CPU", settings)
    request = compiled.create_infer_request()
    values = {name: value.numpy() for name, value in models.inputs(network).items()}
    return lambda: request.infer(values)[0]


def mnn(network: models.Network, cache: Path) -> Pass:
    import MNN

    path = models.mnn_file(network, cache)
    runtime = MNN.nn.create_runtime_manager(({"backend": "CPU", "precision": "high", "numThread": THREADS},))
    values = models.inputs(network)
    loaded = MNN.nn.load_module_from_file(str(path), list(values), ["output"], runtime_manager=runtime)
    formats = {2: MNN.expr.NCHW, 3: MNN.expr.NCHW, 4: MNN.expr.NCHW}
    variables = []
    for value in values.values():
        variable = MNN.expr.placeholder(list(value.shape), formats.get(value.dim(), MNN.expr.NCHW))
        variable.write(value.numpy())
        variables.append(variable)
    return lambda: numpy.array(MNN.expr.convert(loaded.forward(variables)[0], MNN.expr.NCHW).read())


ENGINES = {"pytorch": pytorch, "onnxruntime": onnxruntime, "openvino": openvino, "mnn": mnn}
