"""Edits on TFLite networks, as pure FlatBuffer work.

Nothing here runs a network or needs MediaPipe installed: a model is unpacked to plain objects with the schema modules
that the MediaPipe wheel itself carries, changed, and packed again. The wheel is pinned, so is the schema.

The functions take the schema modules as arguments because those are loaded from the unpacked wheel at run time.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import flatbuffers
import numpy as np

TFLITE_IDENTIFIER = b"TFL3"
METADATA_IDENTIFIER = b"M001"
METADATA_NAME = b"TFLITE_METADATA"
# The schema asks for constant data on 16-byte boundaries (`force_align: 16`); kernels read weights as vectors.
DATA_ALIGNMENT_BYTES = 16
ABSENT = -1
"""Stands in an operator's inputs for one that is left out."""


class AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """A FlatBuffer builder that keeps `force_align: 16` of byte vectors, which the Python packer leaves out."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> int:  # noqa: N802, N803 (overrides)
        """Start a vector; vectors of single bytes (weights, metadata) start on a 16-byte boundary."""
        wanted = max(alignment, DATA_ALIGNMENT_BYTES) if elemSize == 1 else alignment
        return int(super().StartVector(elemSize, numElems, wanted))


def unpack_model(schema: ModuleType, content: bytes) -> Any:
    """Unpack a TFLite file into the schema's mutable `ModelT`."""
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def pack_model(model: Any) -> bytes:
    """Pack a `ModelT` into the bytes of a TFLite file; the same model gives the same bytes."""
    builder = AlignedBuilder(1 << 20)
    builder.Finish(model.Pack(builder), TFLITE_IDENTIFIER)
    return bytes(builder.Output())


def image_metadata(
    meta: ModuleType, name: str, about: str, *, mean: float, std: float, outputs: tuple[str, ...]
) -> bytes:
    """Model metadata that says how pixels become input: `(pixel − mean) / std` per RGB channel, pixels 0 … 255.

    `outputs` names the output tensors in the order of the graph.
    """
    image = meta.TensorMetadataT()
    image.name, image.description = "image", "Input image to be processed."
    image.content = meta.ContentT()
    image.content.contentPropertiesType = meta.ContentProperties.ImageProperties
    image.content.contentProperties = meta.ImagePropertiesT()
    image.content.contentProperties.colorSpace = meta.ColorSpaceType.RGB
    unit = meta.ProcessUnitT()
    unit.optionsType = meta.ProcessUnitOptions.NormalizationOptions
    unit.options = meta.NormalizationOptionsT()
    unit.options.mean, unit.options.std = [mean], [std]
    image.processUnits = [unit]
    image.stats = meta.StatsT()
    image.stats.max, image.stats.min = [(255.0 - mean) / std], [(0.0 - mean) / std]

    graph = meta.SubGraphMetadataT()
    graph.inputTensorMetadata, graph.outputTensorMetadata = [image], []
    for output in outputs:
        tensor = meta.TensorMetadataT()
        tensor.name = output
        graph.outputTensorMetadata.append(tensor)

    whole = meta.ModelMetadataT()
    whole.name, whole.description = name, about
    whole.subgraphMetadata = [graph]
    whole.minParserVersion = "1.0.0"
    builder = flatbuffers.Builder(0)
    builder.Finish(whole.Pack(builder), METADATA_IDENTIFIER)
    return bytes(builder.Output())


def set_metadata(schema: ModuleType, model: Any, content: bytes) -> None:
    """Attach `content` as the buffer named TFLITE_METADATA, in place of one that is there."""
    data = np.frombuffer(content, dtype=np.uint8)
    model.metadata = model.metadata or []
    for entry in model.metadata:
        if entry.name == METADATA_NAME:
            model.buffers[entry.buffer].data = data
            return
    buffer = schema.BufferT()
    buffer.data = data
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = METADATA_NAME, len(model.buffers) - 1
    model.metadata.append(entry)


def remove_unreached(model: Any) -> None:
    """Remove what no output depends on: operators, then tensors, then buffers. The outputs' values stay the same."""
    graph = model.subgraphs[0]
    reached, kept = {int(tensor) for tensor in graph.outputs}, []
    for operator in reversed(graph.operators):  # they stand in the order in which they run
        if not reached.isdisjoint(operator.outputs):
            kept.append(operator)
            reached.update(int(tensor) for tensor in operator.inputs)
    graph.operators = kept[::-1]
    reached.update(int(tensor) for operator in kept for tensor in operator.outputs)
    reached.update(int(tensor) for tensor in graph.inputs)
    place = {old: new for new, old in enumerate(sorted(reached - {ABSENT}))}
    place[ABSENT] = ABSENT
    graph.tensors = [graph.tensors[old] for old in place if old != ABSENT]
    graph.inputs = [place[int(tensor)] for tensor in graph.inputs]
    graph.outputs = [place[int(tensor)] for tensor in graph.outputs]
    for operator in graph.operators:
        operator.inputs = [place[int(tensor)] for tensor in operator.inputs]
        operator.outputs = [place[int(tensor)] for tensor in operator.outputs]
    holders = [*graph.tensors, *(model.metadata or [])]
    # The first buffer is the empty one by convention, whether or not somebody points to it.
    used = sorted({0, *(int(holder.buffer) for holder in holders)})
    for holder in holders:
        holder.buffer = used.index(int(holder.buffer))
    model.buffers = [model.buffers[number] for number in used]


def store_dense(schema: ModuleType, model: Any) -> None:
    """Store constants that are kept sparse as they are used, zeros written out, and remove their DENSIFY operators.

    A runtime that meets DENSIFY keeps a dense copy beside what it makes of it. Raises ValueError for constants that are
    not of 16-bit floats.
    """
    graph = model.subgraphs[0]
    for operator in graph.operators:
        if code_of(model.operatorCodes[operator.opcodeIndex]) != schema.BuiltinOperator.DENSIFY:
            continue
        sparse, dense = (graph.tensors[int(ends[0])] for ends in (operator.inputs, operator.outputs))
        if sparse.type != schema.TensorType.FLOAT16:
            raise ValueError("a sparse constant is not of 16-bit floats")
        buffer = model.buffers[sparse.buffer]
        values = np.frombuffer(bytes(bytearray(buffer.data)), dtype="<f2")
        buffer.data = np.frombuffer(_dense(schema, sparse, values).tobytes(), dtype=np.uint8)
        dense.buffer, sparse.buffer = sparse.buffer, 0
        operator.outputs = []  # nothing reaches it any more
    remove_unreached(model)


def _dense(schema: ModuleType, tensor: Any, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The tensor's values with the zeros between them.

    The format is that of TFLite's schema: levels in ``traversalOrder``, each dense or a list of what is there
    (compressed sparse rows); levels beyond the tensor's own dimensions run inside blocks of the one in ``blockMap``.
    """
    shape, order = tuple(int(size) for size in tensor.shape), [int(level) for level in tensor.sparsity.traversalOrder]
    within = [int(level) for level in tensor.sparsity.blockMap] if tensor.sparsity.blockMap is not None else []
    levels = tensor.sparsity.dimMetadata
    block = [1] * len(shape)
    for level, of in enumerate(within, start=len(shape)):
        block[of] = levels[level].denseSize
    rows = np.zeros(1, dtype=np.int64)  # of each entry so far: its row in the level before
    places = np.zeros((len(shape), 1), dtype=np.int64)
    for level, axis in zip(levels, order, strict=True):
        if level.format == schema.DimensionType.DENSE:
            count, size = len(rows), level.denseSize
            steps, parents = np.tile(np.arange(size), count), np.repeat(np.arange(count), size)
            rows = rows[parents] * size + steps
        else:
            ends, found = (
                np.asarray(part.values, dtype=np.int64) for part in (level.arraySegments, level.arrayIndices)
            )
            counts = ends[rows + 1] - ends[rows]
            parents = np.repeat(np.arange(len(rows)), counts)
            rows = np.concatenate([np.arange(ends[row], ends[row + 1]) for row in rows])
            steps = found[rows]
        places = places[:, parents]
        of, stride = (axis, block[axis]) if axis < len(shape) else (within[axis - len(shape)], 1)
        places[of] += steps * stride
    dense = np.zeros(shape, dtype=values.dtype)
    dense[tuple(places)] = values[rows]
    return dense


def code_of(code: Any) -> int:
    """The builtin operator. Files of before 2020 keep it in a deprecated 8-bit field and leave the new one at 0."""
    return int(max(code.builtinCode, code.deprecatedBuiltinCode))


class GraphEditor:
    """Appends float operators to the single subgraph of a `ModelT`. Tensors are known by their index.

    Shapes are read from the inputs; every method that adds an operator returns the index of its output.
    """

    def __init__(self, schema: ModuleType, model: Any) -> None:
        self._schema, self._model, self._graph = schema, model, model.subgraphs[0]

    def tensor_named(self, name: str) -> int:
        """Index of the tensor called `name`; raises KeyError when there is none."""
        for index, tensor in enumerate(self._graph.tensors):
            if tensor.name == name.encode():
                return index
        raise KeyError(name)

    def reshape(self, source: int, name: str, shape: tuple[int, ...]) -> int:
        """Add RESHAPE of `source` to `shape`."""
        options = self._schema.ReshapeOptionsT()
        options.newShape = list(shape)
        wanted = self._constant(f"{name}/shape", np.array(shape, dtype=np.int32))
        return self._operator("RESHAPE", (source, wanted), name, shape, options)

    def pad_column(self, source: int, name: str) -> int:
        """Add PAD: a column of zeros after the last of a matrix."""
        rows, columns = self._shape(source)
        widths = self._constant(f"{name}/paddings", np.array([[0, 0], [0, 1]], dtype=np.int32))
        options = self._schema.PadOptionsT()
        return self._operator("PAD", (source, widths), name, (rows, columns + 1), options)

    def stack_rows(self, sources: tuple[int, ...], name: str) -> int:
        """Add CONCATENATION of matrices of equal width, one below the other."""
        options = self._schema.ConcatenationOptionsT()
        options.axis = 0
        shape = (sum(self._shape(source)[0] for source in sources), self._shape(sources[0])[1])
        return self._operator("CONCATENATION", sources, name, shape, options)

    def pick_rows(self, source: int, name: str, rows: tuple[int, ...]) -> int:
        """Add GATHER: the given rows of a matrix, in the given order."""
        options = self._schema.GatherOptionsT()
        wanted = self._constant(f"{name}/rows", np.array(rows, dtype=np.int32))
        shape = (len(rows), self._shape(source)[1])
        return self._operator("GATHER", (source, wanted), name, shape, options)

    def mean_row(self, source: int, name: str) -> int:
        """Add MEAN over the rows of a matrix; the result is a matrix of one row."""
        options = self._schema.ReducerOptionsT()
        options.keepDims = True
        axis = self._constant(f"{name}/axis", np.array([0], dtype=np.int32))
        return self._operator("MEAN", (source, axis), name, (1, self._shape(source)[1]), options)

    def scale_columns(self, source: int, name: str, factors: tuple[float, ...]) -> int:
        """Add MUL: each column of a matrix times its factor."""
        row = self._constant(f"{name}/factors", np.array([factors], dtype=np.float32))
        return self._operator("MUL", (source, row), name, self._shape(source), self._schema.MulOptionsT())

    def add(self, first: int, second: int, name: str) -> int:
        """Add ADD of two tensors of equal shape."""
        options = self._schema.AddOptionsT()
        return self._operator("ADD", (first, second), name, self._shape(first), options)

    def outputs(self) -> tuple[int, ...]:
        """The outputs of the graph, in their order."""
        return tuple(int(tensor) for tensor in self._graph.outputs)

    def set_outputs(self, *tensors: int) -> None:
        """Make these tensors the outputs of the graph, in this order; one may stand twice."""
        self._graph.outputs = list(tensors)

    def _shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(int(size) for size in self._graph.tensors[tensor].shape)

    def _constant(self, name: str, values: np.ndarray[Any, Any]) -> int:
        buffer = self._schema.BufferT()
        buffer.data = np.frombuffer(values.astype(values.dtype.newbyteorder("<")).tobytes(), dtype=np.uint8)
        self._model.buffers.append(buffer)
        kinds = {"int32": self._schema.TensorType.INT32, "float32": self._schema.TensorType.FLOAT32}
        return self._tensor(name, values.shape, kinds[values.dtype.name], len(self._model.buffers) - 1)

    def _tensor(self, name: str, shape: tuple[int, ...], kind: int, buffer: int) -> int:
        tensor = self._schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), kind, buffer
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _operator(self, code: str, inputs: tuple[int, ...], name: str, shape: tuple[int, ...], options: Any) -> int:
        output = self._tensor(name, shape, self._schema.TensorType.FLOAT32, 0)
        operator = self._schema.OperatorT()
        operator.opcodeIndex = self._opcode(getattr(self._schema.BuiltinOperator, code))
        operator.inputs, operator.outputs = list(inputs), [output]
        # The generated classes are called like the union's members, with a T behind.
        operator.builtinOptionsType = getattr(self._schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        operator.builtinOptions = options
        self._graph.operators.append(operator)
        return output

    def _opcode(self, builtin: int) -> int:
        for index, known in enumerate(self._model.operatorCodes):
            if code_of(known) == builtin:
                return index
        added = self._schema.OperatorCodeT()
        added.builtinCode = added.deprecatedBuiltinCode = builtin
        added.version = 1
        self._model.operatorCodes.append(added)
        return len(self._model.operatorCodes) - 1
