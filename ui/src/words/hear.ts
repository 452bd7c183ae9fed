/**
 * What comes over the wire, with the engine's sentences in the language of the page.
 *
 * The wire marks them: `{ "said": "cancelled" }` stands where the page has a text. Deliberately absent: everything else, such as a user's
 * words, which are plain texts, and numbers by the thousand, which come as bytes.
 */
import { said } from './said';

const isSaid = (value: object): value is { said: string } =>
  'said' in value && typeof value.said === 'string' && Object.keys(value).length === 1;

/** The same value, each marked sentence a text; `say` finds it in the language of the page. */
export function hear<T>(value: T, say = said): T {
  const walk = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer || ArrayBuffer.isView(value))
      return value;
    if (isSaid(value)) return say(value.said);
    if (Array.isArray(value)) return value.map(walk);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value) as T;
}
