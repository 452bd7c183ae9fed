/** Writes binary frames as the host does (crates/api/src/frame.rs), for the seeded world and for tests. */
import { FRAME_KIND } from '../frame';

export type Columns = Record<string, Float32Array | Uint32Array | Uint16Array | Uint8Array>;

const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;

export function writeFrame(
  kind: keyof typeof FRAME_KIND,
  revision: number,
  head: object,
  columns: Columns,
): ArrayBuffer {
  let end = 0;
  const described = Object.entries(columns).map(([name, values]) => {
    const type =
      values instanceof Float32Array
        ? 'f32'
        : values instanceof Uint32Array
          ? 'u32'
          : values instanceof Uint16Array
            ? 'u16'
            : 'u8';
    const offset = end;
    end += padded(values.byteLength);
    return { name, type, length: values.length, offset };
  });
  const encoded = new TextEncoder().encode(JSON.stringify({ ...head, columns: described }));
  const headBytes = padded(encoded.length);
  const buffer = new ArrayBuffer(16 + headBytes + end);
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  bytes.set(new TextEncoder().encode('EMBF'));
  view.setUint16(4, 1, true);
  view.setUint16(6, FRAME_KIND[kind], true);
  view.setUint32(8, revision, true);
  view.setUint32(12, headBytes, true);
  bytes.fill(0x20, 16, 16 + headBytes);
  bytes.set(encoded, 16);
  Object.values(columns).forEach((values, i) =>
    bytes.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      16 + headBytes + described[i]!.offset,
    ),
  );
  return buffer;
}
