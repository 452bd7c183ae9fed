import { describe, expect, it } from 'vitest';
import { FrameError, readAs, readFrame } from './frame';
import { writeFrame } from './fake/write';

const rows = () =>
  writeFrame(
    'rows',
    7,
    { set: 1, start: 4, count: 3 },
    {
      kinds: new Uint8Array([0, 1, 1]),
      items: new Uint32Array([5, 6, 7]),
      order: new Uint32Array([6, 4, 5]),
    },
  );

describe('readFrame', () => {
  it('gives back what was written, as views into the same bytes', () => {
    const buffer = rows();
    const frame = readAs('rows', buffer);
    expect(frame).toMatchObject({ revision: 7, set: 1, start: 4, count: 3 });
    expect([...frame.items]).toEqual([5, 6, 7]);
    expect([...frame.kinds]).toEqual([0, 1, 1]);
    expect(frame.items.buffer).toBe(buffer);
  });

  it('reads what the host writes, byte for byte', () => {
    // One f32 column of two values, as crates/api/src/frame.rs lays it out.
    const head = '{"columns":[{"length":1,"name":"items","offset":0,"type":"u32"}]}';
    const padded = head.padEnd(Math.ceil(head.length / 8) * 8);
    const bytes = [0x45, 0x4d, 0x42, 0x46, 1, 0, 4, 0, 9, 0, 0, 0, padded.length, 0, 0, 0];
    const buffer = new Uint8Array([...bytes, ...new TextEncoder().encode(padded), 42, 1, 0, 0, 0, 0, 0, 0]).buffer;
    const frame = readAs('selection', buffer);
    expect([frame.revision, ...frame.items]).toEqual([9, 298]);
  });

  it('reads the mask of a selection', () => {
    const frame = writeFrame('selection', 1, {}, { mask: Uint8Array.of(0b10, 0, 0b101) });
    expect(readAs('selection', frame).items).toEqual(Uint32Array.of(1, 16, 18));
  });

  const broken: [string, (view: DataView) => ArrayBuffer | void][] = [
    ['a foreign beginning', (view) => view.setUint32(0, 1, true)],
    ['another version', (view) => view.setUint16(4, 2, true)],
    ['an unknown kind', (view) => view.setUint16(6, 99, true)],
    ['a head longer than the frame', (view) => view.setUint32(12, 1 << 20, true)],
    ['a head that is not JSON', (view) => view.setUint8(16, 0)],
    ['columns that are cut off', (view) => view.buffer.slice(0, view.byteLength - 24) as ArrayBuffer],
    ['nothing', () => new ArrayBuffer(3)],
  ];
  it.each(broken)('refuses %s', (_, spoil) => {
    const buffer = rows();
    const spoilt = spoil(new DataView(buffer)) ?? buffer;
    expect(() => readFrame(spoilt)).toThrow(FrameError);
  });

  it('refuses a count that its columns do not have', () => {
    const frame = writeFrame(
      'positions',
      1,
      { map: 1, set: 1, dims: 2, count: 3, iteration: 0, iterations: 0 },
      { positions: new Float32Array(4) },
    );
    expect(() => readFrame(frame)).toThrow(/has 4 values, not 6/);
  });

  it('widens places that were told in steps', () => {
    const head = { map: 1, set: 1, dims: 2, count: 2, iteration: 3, iterations: 9, low: [-1, 5], high: [3, 5] };
    const frame = (low: unknown) =>
      writeFrame('positions', 1, { ...head, low }, { quantised: new Uint16Array([0, 0, 0xffff, 0]) });
    expect([...readAs('positions', frame([-1, 5])).positions]).toEqual([-1, 5, 3, 5]);
    for (const low of [[-1], [-1, 'x'], undefined]) expect(() => readFrame(frame(low))).toThrow(FrameError);
  });

  it('refuses one kind where another is needed', () => {
    expect(() => readAs('matrix', rows())).toThrow(/about rows, not matrix/);
  });
});
