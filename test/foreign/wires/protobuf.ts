/** A field of a message in the protocol buffers format: text, a whole number, or a message within. */
export type Field = readonly [tag: number, value: string | number | Buffer];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Writes fields in the order given (https://protobuf.dev/programming-guides/encoding/). */
export function protobuf(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([tag, value]) => {
      if (typeof value === 'number') return [varint(tag * 8 + VARINT), varint(value)];
      const bytes = Buffer.from(value);
      return [varint(tag * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
