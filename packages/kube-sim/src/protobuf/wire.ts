/** One field of a message on the wire: a number for varints, bytes for what has a length. */
export interface WireField {
  readonly number: number;
  readonly value: number | Buffer;
}

/** Reads the fields of a protobuf message in order. Throws RangeError where the bytes end too early. */
export function* wireFields(bytes: Buffer): Generator<WireField> {
  let offset = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(offset++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  while (offset < bytes.length) {
    const tag = varint();
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: bytes.readDoubleLE(offset) };
        offset += 8;
        break;
      case 2: {
        const length = varint();
        if (length < 0 || offset + length > bytes.length)
          throw new RangeError("a field is longer than the message");
        yield { number, value: bytes.subarray(offset, offset + length) };
        offset += length;
        break;
      }
      default:
        throw new RangeError(`wire type ${tag & 7} is not used by Kubernetes`);
    }
  }
}
