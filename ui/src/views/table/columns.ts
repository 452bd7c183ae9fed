/** The columns of the table: what each is called, how wide it is, and how it can be filtered. */
import type { ItemView } from '../../backend/wire/ItemView';
import type { TestView } from '../../backend/wire/TestView';
import { colourName } from '../../state/map.svelte';
import { words } from '../../words';

const say = words.table.columns;

export interface Column {
  /** As the host knows it. */
  field: string;
  title: string;
  /** The least width, a token, and its part of what is left. */
  least: string;
  part: number;
  /** Its values are few and known, so one ticks them. */
  few: boolean;
  /** Its values may be numbers or dates. */
  range: boolean;
}

const fixed = (field: keyof typeof say.TITLE, least: string, part: number, few: boolean): Column => ({
  field,
  title: say.TITLE[field],
  least,
  part,
  few,
  range: false,
});

const WIDE = 'var(--rail-left)';
const MIDDLE = 'var(--column)';
const SMALL = 'var(--column-small)';

/** How columns share a row, and how wide it is at least. */
export const tracksOf = (columns: readonly Column[]) => ({
  tracks: `var(--s8) ${columns.map(({ least, part }) => `minmax(${least}, ${part}fr)`).join(' ')}`,
  least: `calc(var(--s8) + ${columns.map(({ least }) => least).join(' + ')})`,
});

/** All columns there are, in order. */
export function columnsOf(metadata: readonly string[], groups: boolean, collections: boolean): Column[] {
  return [
    fixed('text', WIDE, 3, false),
    ...(groups ? [fixed('cluster', MIDDLE, 1, true)] : []),
    fixed('tag', SMALL, 0.6, true),
    ...metadata.map((name): Column => ({
      field: `column:${name}`,
      title: name,
      least: SMALL,
      part: 0.6,
      few: false,
      range: true,
    })),
    fixed('kind', SMALL, 0.4, true),
    fixed('file', MIDDLE, 1, false),
    ...(collections ? [fixed('collection', SMALL, 0.6, true)] : []),
  ];
}

/** What a cell says; groups are not the item's own. */
export function cell({ field }: Column, item: ItemView): string {
  if (field === 'text') return item.title;
  if (field === 'tag') return item.tags.join(', ');
  if (field === 'kind') return say.KIND[item.kind];
  if (field === 'file') return item.place ? `${item.file} · ${item.place}` : item.file;
  const name = field.slice('column:'.length);
  return item.metadata.find(({ column }) => column === name)?.value ?? '';
}

/** The kinds, as the host knows them where it filters. */
export const valuesOfKind = Object.keys(say.KINDS);

/** A value of a column as it is said. */
export function valueName(field: string, value: string): string {
  const { KINDS }: { KINDS: Record<string, string> } = say;
  return (field === 'kind' && KINDS[value]) || value;
}

/** A test in words: "year 2019 to 2021". */
export function said(field: string, test: TestView): string {
  const name = field === 'text' ? say.text : colourName(field);
  if (test.test === 'holds') return say.holds(name, test.words);
  if (test.test === 'is')
    return say.is(
      name,
      test.values.map((value) => valueName(field, value)),
    );
  if (test.from && test.to) return say.between(name, test.from, test.to);
  return test.from ? say.from(name, test.from) : say.upTo(name, test.to ?? '');
}
