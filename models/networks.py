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

MESH_POINTS = 468
IRIS_POINTS = 5


class AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """A FlatBuffer builder that keeps `force_align: 16` of byte vectors, which the Python packer leaves out."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> int:
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


def image_metadata(meta: ModuleType, name: str, about: str, mean: float, std: float, outputs: tuple[str, ...]) -> bytes:
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
    """Appends operators to the single subgraph of a `ModelT`. Tensors are named by their index."""

    def __init__(self, schema: ModuleType, model: Any) -> None:
        self._schema, self._model, self._graph = schema, model, model.subgraphs[0]

    def tensor_named(self, name: str) -> int:
        """Index of the tensor called `name`; raises KeyError when there is none."""
        for index, tensor in enumerate(self._graph.tensors):
            if tensor.name == name.encode():
                return index
        raise KeyError(name)

    def constant(self, name: str, values: np.ndarray[Any, Any]) -> int:
        """Add a constant int32 or float32 tensor."""
        buffer = self._schema.BufferT()
        little_endian = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
        buffer.data = np.frombuffer(little_endian.tobytes(), dtype=np.uint8)
        self._model.buffers.append(buffer)
        kind = {"int32": self._schema.TensorType.INT32, "float32": self._schema.TensorType.FLOAT32}[values.dtype.name]
        return self._tensor(name, values.shape, kind, len(self._model.buffers) - 1)

    def reshape(self, source: int, name: str, shape: tuple[int, ...]) -> int:
        """Add RESHAPE of `source` to `shape`."""
        options = self._schema.ReshapeOptionsT()
        options.newShape = list(shape)
        wanted = self.constant(f"{name}/shape", np.array(shape, dtype=np.int32))
        return self._operator("RESHAPE", (source, wanted), name, shape, "ReshapeOptions", options)

    def pad_column(self, source: int, name: str, rows: int, columns: int) -> int:
        """Add PAD: a zero column after the last of a `rows` × `columns` tensor."""
        widths = self.constant(f"{name}/paddings", np.array([[0, 0], [0, 1]], dtype=np.int32))
        options = self._schema.PadOptionsT()
        return self._operator("PAD", (source, widths), name, (rows, columns + 1), "PadOptions", options)

    def stack_rows(self, sources: tuple[int, ...], name: str, rows: int, columns: int) -> int:
        """Add CONCATENATION of the sources along the first axis."""
        options = self._schema.ConcatenationOptionsT()
        options.axis = 0
        return self._operator("CONCATENATION", sources, name, (rows, columns), "ConcatenationOptions", options)

    def set_outputs(self, *tensors: int) -> None:
        """Make these tensors the outputs of the graph, in this order."""
        self._graph.outputs = list(tensors)

    def _tensor(self, name: str, shape: tuple[int, ...], kind: int, buffer: int) -> int:
        tensor = self._schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), kind, buffer
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _operator(
        self, code: str, inputs: tuple[int, ...], name: str, shape: tuple[int, ...], options_kind: str, options: Any
    ) -> int:
        output = self._tensor(name, shape, self._schema.TensorType.FLOAT32, 0)
        operator = self._schema.OperatorT()
        operator.opcodeIndex = self._opcode(getattr(self._schema.BuiltinOperator, code))
        operator.inputs, operator.outputs = list(inputs), [output]
        operator.builtinOptionsType = getattr(self._schema.BuiltinOptions, options_kind)
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


def join_face_outputs(schema: ModuleType, model: Any) -> None:
    """Give the attention face network the two outputs that the Tasks graph reads.

    In: mesh (468 × xyz), lips, eyes and irises (5 × xy each) apart, flag. Out: `[1, 1, 1, 1434]`, that is 478 × xyz in
    pixels of the 192 × 192 input, where 468 … 472 is the left and 473 … 477 the right iris, centre first, their z
    zero; and the flag, last.
    """
    edit = GraphEditor(schema, model)
    parts = [edit.reshape(edit.tensor_named("output_mesh_identity"), "joined/mesh", (MESH_POINTS, 3))]
    for side in ("left", "right"):
        flat = edit.tensor_named(f"output_{side}_iris")
        points = edit.reshape(flat, f"joined/{side}_iris_xy", (IRIS_POINTS, 2))
        parts.append(edit.pad_column(points, f"joined/{side}_iris", IRIS_POINTS, 2))
    count = MESH_POINTS + 2 * IRIS_POINTS
    rows = edit.stack_rows(tuple(parts), "joined/points", count, 3)
    flat = edit.reshape(rows, "joined/landmarks", (1, 1, 1, 3 * count))
    edit.set_outputs(flat, edit.tensor_named("conv_faceflag"))
