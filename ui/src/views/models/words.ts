/** What is said of models on more than one part of their page. */
import type { Kind } from '../../backend/wire/Kind';

export const kindsOf = (kinds: Kind[]) =>
  kinds.length > 1 ? 'texts and pictures' : kinds[0] === 'image' ? 'pictures' : 'texts';

const names = new Intl.DisplayNames('en-GB', { type: 'language' });

/** "English", "many languages". */
export const languagesOf = (codes: string[]) =>
  codes.length ? codes.map((code) => names.of(code) ?? code).join(', ') : 'many languages';

/** "about $0.0008", "less than a hundredth of a cent". */
export const dollars = (cost: number) =>
  cost < 0.0001 ? 'less than a hundredth of a cent' : `about $${cost.toFixed(cost < 0.1 ? 4 : 2)}`;
