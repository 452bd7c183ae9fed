/**
 * Items by their ids, in as few bytes as that takes: a list or, where they ascend, a bitmask; bit `n % 8` of byte `n / 8` is item `n`.
 *
 * The other side is crates/api/src/wire/items.rs. Deliberately absent: what the items are.
 */
import type { Items } from './wire/Items';

/** An id and the comma behind it, in JSON. */
const WRITTEN = 7;
/** Arguments that a call takes at once. */
const AT_ONCE = 0x8000;

const ascend = (items: Uint32Array) => items.every((item, at) => at === 0 || items[at - 1]! < item);

/** As the host reads them: ids or, where that is shorter, a mask in base64. */
export function packed(items: Uint32Array): Items {
  const bytes = items.length ? (items.at(-1)! >> 3) + 1 : 0;
  if (bytes * 1.4 >= items.length * WRITTEN || !ascend(items)) return Array.from(items);
  const mask = new Uint8Array(bytes);
  for (const item of items) mask[item >> 3]! |= 1 << (item & 7);
  let letters = '';
  for (let from = 0; from < bytes; from += AT_ONCE)
    letters += String.fromCharCode(...mask.subarray(from, from + AT_ONCE));
  return btoa(letters);
}

export function unpacked(items: Items): Uint32Array {
  return typeof items === 'string'
    ? masked(Uint8Array.from(atob(items), (letter) => letter.charCodeAt(0)))
    : Uint32Array.from(items);
}

/** The items of a mask, which ascend. */
export function masked(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (let byte of mask) for (; byte; byte &= byte - 1) count++;
  const items = new Uint32Array(count);
  let next = 0;
  mask.forEach((byte, at) => {
    for (let left = byte; left; left &= left - 1) items[next++] = at * 8 + 31 - Math.clz32(left & -left);
  });
  return items;
}
