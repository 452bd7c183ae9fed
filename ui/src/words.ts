/**
 * All the window says, in one catalogue: a file of `words/en` for each room of the window, gathered here. A translation is another folder
 * with the same shape, which the type demands in full. Numbers and dates are written by `format`; what the engine reports
 * in a sentence (errors, reasons) is worded there, in `crates/api`.
 */
import * as en from './words/en';

/** The shape of the catalogue, whatever the words are. */
type Said<T> = T extends string
  ? string
  : T extends (...values: infer V) => infer R
    ? (...values: V) => R extends string ? string : R
    : { [K in keyof T]: Said<T[K]> };

export type Words = Said<typeof en>;
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
