"""How much an Arrow file unpacks to, by what its batches declare, before anything is unpacked.

A compressed buffer begins with its unpacked size (Arrow columnar format, "Buffer Compression"), and
Arrow allocates that size at once, for one batch or many. The declarations stand in flatbuffers.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

FILE_MAGIC, FEATHER_1 = b"ARROW1", b"FEA1"  # what they begin with; a stream has neither
FOOTER_TAIL = 10  # the footer's length, int32, and the magic end a file
RECORD_BATCH, DICTIONARY_BATCH = 3, 2  # of the union `MessageHeader`
BLOCK, BUFFER = struct.Struct("<qi4xq"), struct.Struct("<qq")  # structs of Footer and RecordBatch
AS_IT_IS = -1  # declared size of a buffer that compression would have made larger


def is_stream(buffer: Any) -> bool:
    """Whether a pyarrow buffer is an Arrow stream, not an Arrow or Feather file."""
    return not buffer[: len(FILE_MAGIC)].to_pybytes().startswith((FILE_MAGIC, FEATHER_1))


def unpacked_size(buffer: Any) -> int:
    """Bytes of all buffers of all batches of an Arrow file or stream, a pyarrow buffer.

    Raises:
        ValueError: if it is damaged; `pyarrow.ArrowInvalid` is one too.
    """
    try:
        return sum(map(_of_message, _messages(buffer)))
    except (struct.error, IndexError, OverflowError, EOFError) as error:
        raise ValueError("its batches lie outside of the file") from error


def _messages(buffer: Any) -> Iterator[Any]:
    import pyarrow as pa

    if is_stream(buffer):
        yield from pa.ipc.MessageReader.open_stream(pa.BufferReader(buffer))
        return
    if buffer[: len(FEATHER_1)].to_pybytes() == FEATHER_1:  # version 1 doesn't compress
        return
    (length,) = struct.unpack_from("<i", buffer[-FOOTER_TAIL:].to_pybytes())
    end = buffer.size - FOOTER_TAIL
    if not 0 < length <= end:
        raise ValueError("its footer lies outside of the file")
    footer = _root(memoryview(buffer)[end - length : end])
    for field in (2, 3):  # dictionaries, recordBatches
        for offset, _, _ in footer.structs(field, BLOCK):
            if not 0 <= offset < buffer.size:
                raise ValueError("its batches lie outside of the file")
            yield pa.ipc.read_message(buffer.slice(offset))


def _of_message(message: Any) -> int:
    root = _root(memoryview(message.metadata))
    kind = root.scalar(1, "<B")
    batch = root.table(2) if kind in {RECORD_BATCH, DICTIONARY_BATCH} else None
    if kind == DICTIONARY_BATCH and batch:
        batch = batch.table(1)
    if batch is None:
        return 0
    is_compressed = batch.table(3) is not None
    body = memoryview(message.body) if message.body is not None else memoryview(b"")
    return sum(
        _of_buffer(body, offset, length, is_compressed)
        for offset, length in batch.structs(2, BUFFER)
    )


def _of_buffer(body: memoryview, offset: int, length: int, is_compressed: bool) -> int:
    if offset < 0 or length < 0:
        raise ValueError("its batches lie outside of the file")
    if not is_compressed or not length:
        return length
    (declared,) = struct.unpack_from("<q", body, offset)
    if declared < AS_IT_IS:
        raise ValueError(f"it declares a buffer of {declared:,} bytes")
    return length - 8 if declared == AS_IT_IS else declared


@dataclass(frozen=True)
class _Table:
    """A table of a flatbuffer: fields by number, those left out are None or 0."""

    data: memoryview
    start: int

    def _position(self, field: int) -> int | None:
        vtable = self.start - struct.unpack_from("<i", self.data, self.start)[0]
        if vtable < 0:
            raise IndexError(vtable)
        (size,) = struct.unpack_from("<H", self.data, vtable)
        if 4 + 2 * field + 2 > size:
            return None
        (offset,) = struct.unpack_from("<H", self.data, vtable + 4 + 2 * field)
        return self.start + offset if offset else None

    def scalar(self, field: int, form: str) -> int:
        position = self._position(field)
        return 0 if position is None else struct.unpack_from(form, self.data, position)[0]

    def table(self, field: int) -> "_Table | None":
        position = self._position(field)
        return None if position is None else _Table(self.data, _followed(self.data, position))

    def structs(self, field: int, form: struct.Struct) -> Iterator[tuple[int, ...]]:
        position = self._position(field)
        if position is None:
            return
        start = _followed(self.data, position)
        (count,) = struct.unpack_from("<I", self.data, start)
        for k in range(count):
            yield form.unpack_from(self.data, start + 4 + k * form.size)


def _root(data: memoryview) -> _Table:
    return _Table(data, _followed(data, 0))


def _followed(data: memoryview, position: int) -> int:
    return position + struct.unpack_from("<I", data, position)[0]
