import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Fields with bytes or small numbers; all others are passed over. */
export function* fieldsOf(message: Uint8Array): Iterable<[field: number, value: Uint8Array | number]> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) yield [field, reader.bytes()];
    else if (type === WireType.Varint) yield [field, Number(reader.uint64())];
    else reader.skip(type);
  }
}
