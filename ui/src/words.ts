/**
 * All the window says, in one catalogue: a file of `words/en` for each room of the window, and what the engine says in sentences, gathered
 * here. A translation is another folder with the same shape, which the type demands in full. Deliberately absent: numbers and
 * dates, which `format` writes; and finding the engine's sentences in the catalogue (`words/said.ts`).
 */
import * as en from './words/en';

/** The shape of the catalogue, whatever the words are. */
type Shape<T> = T extends string
  ? string
  : T extends (...values: infer V) => infer R
    ? (...values: V) => R extends string ? string : R
    : { [K in keyof T]: Shape<T[K]> };

/** What each of the engine's sentences is in another language. */
export type Engine = Record<(typeof import('./words/en/engine').engine)[number], string>;

/** The engine says what it says in English: no words are needed for that. */
export type Words = Shape<Omit<typeof en, 'engine'>> & { engine: Engine | null };
export const words: Words = en;

/** What is said in many rooms. */
export const {
  METHOD,
  METHOD_NOTE,
  HEALTH_NOTE,
  FINDING_NOTE,
  kindCount,
  contents,
  estimated,
  truth,
  trustNote,
  continuityNote,
  keptNote,
  shepardNote,
  varianceNote,
  CKA_NOTE,
  RSA_NOTE,
  PROCRUSTES_NOTE,
  CURVE_NOTE,
  OVERLAP_NOTE,
  becameOf,
  asError,
  TASK,
  FIGURE,
  FIGURE_NOTE,
  differs,
} = words.shared;
