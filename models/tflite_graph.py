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

    def set_outputs(self, *tensors: int) -> None:
        """Make these tensors the outputs of the graph, in this order."""
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
        # Files of before 2020 keep the code in the deprecated 8-bit field and leave the new one at 0.
        for index, known in enumerate(self._model.operatorCodes):
            if max(known.builtinCode, known.deprecatedBuiltinCode) == builtin:
                return index
        added = self._schema.OperatorCodeT()
        added.builtinCode = added.deprecatedBuiltinCode = builtin
        added.version = 1
        self._model.operatorCodes.append(added)
        return len(self._model.operatorCodes) - 1
