/** The plan of the seeded world, and what an import of it would make; texts are cut here as simply as can be. */
import type { CutView } from '../wire/CutView';
import type { PlanView } from '../wire/PlanView';
import type { PreviewRequest } from '../wire/PreviewRequest';
import type { PreviewView } from '../wire/PreviewView';
import type { SpanView } from '../wire/SpanView';
import type { TableView } from '../wire/TableView';
import type { Unit } from '../wire/Unit';
import { COST } from './catalogue';
import { TOPICS } from './corpus';

const usual = (unit: Unit): CutView => ({ unit, size: unit === 'sentences' ? 5 : 180, overlap: 0 });

const TABLE: Omit<TableView, 'name' | 'columns' | 'head' | 'said'> = {
  guess: { text: null, image: null, id: null, label: null, vector: null, table: null },
  vectors: [],
  others: [],
  describes: null,
};

export const PLAN: PlanView = {
  id: 1,
  name: 'field-notes',
  groups: [
    { title: 'Pictures', kind: 'image', files: 120, bytes: 14_800_000 },
    { title: 'PDF documents', kind: 'text', files: 2, bytes: 1_240_000 },
    { title: 'Markdown', kind: 'text', files: 4, bytes: 96_400 },
    { title: 'Web pages', kind: 'text', files: 3, bytes: 88_000 },
    { title: 'SQLite tables', kind: 'text', files: 1, bytes: 61_440 },
    { title: 'Tables', kind: 'text', files: 2, bytes: 41_200 },
  ],
  skipped: [
    { name: 'archive/old-drafts.zip', reason: 'the archive is protected by a password' },
    { name: 'science/scan-0041.pdf', reason: 'it holds pictures of pages and no text' },
    { name: 'pictures/broken.jpg', reason: 'the picture is cut off in the middle' },
  ],
  tables: [
    {
      ...TABLE,
      name: 'money/banking.csv',
      columns: ['id', 'question', 'category', 'year'],
      guess: { ...TABLE.guess, text: 'question', id: 'id', label: 'category' },
      head: [
        ['1', 'Why was my card payment declined twice in the same shop?', 'card', '2021'],
        ['2', 'How long does a transfer to another bank take at the weekend?', 'transfer', '2021'],
        ['3', 'The exchange rate on my statement is not the one I was shown.', 'rates', '2022'],
      ],
      said: '240 rows · classes perhaps in “category” · comma-separated, quoted, with a header, UTF-8',
    },
    {
      ...TABLE,
      name: 'sport/results.db',
      columns: ['report', 'year', 'league'],
      guess: { ...TABLE.guess, text: 'report', table: 'reports' },
      others: ['players', 'reports'],
      head: [
        ['The home side held on to a narrow lead until the last minute of the match.', '2019', 'first'],
        ['Rain stopped play for an hour, and nobody in the ground seemed to mind.', '2020', 'second'],
      ],
      said: '80 rows · SQLite, table reports',
    },
  ],
  folders: [
    { name: 'kitchen', files: 4 },
    { name: 'money', files: 1 },
    { name: 'pictures', files: 120 },
    { name: 'science', files: 5 },
    { name: 'sport', files: 2 },
  ],
  duplicates: [
    ['kitchen/bread.md', 'kitchen/copy of bread.md'],
    ['pictures/tree-flat-01.png', 'pictures/tree-flat-09.png', 'pictures/tree-flat-17.png'],
  ],
  known: 0,
  vanished: 0,
  can_watch: true,
  models: [
    { kind: 'text', model: 'all-MiniLM-L6-v2', choices: ['all-MiniLM-L6-v2', 'builtin-text', 'clip-vit-base-patch32'] },
    { kind: 'image', model: 'builtin-image', choices: ['builtin-image', 'resnet50', 'clip-vit-base-patch32'] },
  ],
  cuts: (['words', 'tokens', 'sentences', 'headings', 'lines', 'none'] as const).map(usual),
};

/** The other table of the one file that has two. */
export function otherTable(name: string, table: string): TableView {
  const known = PLAN.tables.find((candidate) => candidate.name === name)!;
  if (known.guess.table === table) return known;
  return {
    ...known,
    columns: ['name', 'club', 'goals'],
    guess: { ...TABLE.guess, text: 'name', table },
    head: [
      ['Ann Example', 'North', '12'],
      ['Bo Sample', 'South', '7'],
    ],
    said: `22 rows · SQLite, table ${table}`,
  };
}

/** A text of a few paragraphs, each with a heading, made of a topic's words. */
function text(topic: number): string {
  const { name, subjects, acts, ends } = TOPICS[topic % TOPICS.length]!;
  const sections = subjects.map((subject, i) => {
    const sentences = Array.from({ length: 9 }, (_, j) => {
      const [act, end] = [acts[(i + j) % acts.length]!, ends[(i * 2 + j) % ends.length]!];
      return `${j % 3 === 1 ? 'It' : subject} ${act} ${end}.`;
    });
    return `${subject}\n\n${sentences.slice(0, 5).join(' ')}\n\n${sentences.slice(5).join('  ')}`;
  });
  return `Notes on ${name}\n\n${sections.join('\n\n')}`;
}

const TEXTS: Record<string, string> = {
  'science/astronomy.pdf': text(1),
  'kitchen/bread.md': text(0),
  'places/rivers.md': text(2),
  'money/banking.csv': PLAN.tables[0]!.head[1]![1]!,
};

const SHOWN = 3000;

interface Piece {
  start: number;
  end: number;
}

/** Where the units of a text begin and end. */
function units(whole: string, unit: Unit): Piece[] {
  const found = {
    words: /\S+/g,
    tokens: /\p{L}{1,6}|\S/gu,
    sentences: /[^.\n]*[^.\s][^.\n]*\.?/g,
    headings: /\S+/g,
    lines: /[^\n]*\S/g,
    none: /^[^]*$/g,
  }[unit];
  return [...whole.matchAll(found)].map((match) => {
    const start = match.index + (match[0].length - match[0].trimStart().length);
    return { start, end: match.index + match[0].trimEnd().length };
  });
}

function pieces(whole: string, { unit, size, overlap }: CutView): Piece[] {
  const all = units(whole, unit);
  const most = unit === 'lines' || unit === 'none' ? 1 : Math.max(1, size);
  const made: Piece[] = [];
  // Headings: a section begins wherever a line stands alone between empty lines.
  const sections = unit === 'headings' ? [...whole.matchAll(/(?:^|\n\n)[^.\n]+\n\n/g)].map(({ index }) => index) : [];
  const parts = sections.length
    ? sections.map((at, i) => [at, sections[i + 1] ?? whole.length] as const)
    : [[0, whole.length] as const];
  for (const [from, to] of parts) {
    const inside = all.filter(({ start, end }) => start >= from && end <= to);
    for (let first = 0; first < inside.length; first += Math.max(1, most - Math.min(overlap, most - 1))) {
      const last = Math.min(first + most, inside.length) - 1;
      made.push({ start: inside[first]!.start, end: inside[last]!.end });
      if (last === inside.length - 1) break;
    }
  }
  return made;
}

function spans(whole: string, cut: Piece[], end: number): SpanView[] {
  const borders = [0, end, ...cut.flatMap((piece) => [piece.start, piece.end])].filter((at) => at <= end);
  const sorted = [...new Set(borders)].sort((a, b) => a - b);
  return sorted.slice(1).map((to, i) => {
    const from = sorted[i]!;
    const holds = (piece: Piece) => piece.start <= from && to <= piece.end;
    const first = cut.findIndex((piece) => holds(piece) || piece.start >= to);
    return {
      text: whole.slice(from, to),
      first: first < 0 ? cut.length : first,
      chunks: cut.filter(holds).length,
    };
  });
}

/** What an import would make, on one of four texts. */
export function preview({ import: request, file }: PreviewRequest): PreviewView {
  const name = file !== null && file in TEXTS ? file : 'science/astronomy.pdf';
  const whole = TEXTS[name]!;
  const { cut, preprocessing, models } = request;
  const all = pieces(whole, cut);
  const inSight = (preprocessing.truncate ? all.slice(0, 1) : all).filter(({ start }) => start < SHOWN);
  const end = Math.min(whole.length, Math.max(SHOWN, inSight.at(-1)?.end ?? 0));
  const prepared = (words: string) => {
    const spaced = preprocessing.white_space ? words.replace(/\s+/g, ' ') : words;
    return preprocessing.lower_case ? spaced.toLowerCase() : spaced;
  };
  const reader = models.find((model) => model !== 'builtin-image' && model !== 'resnet50') ?? null;
  const most = reader === 'all-MiniLM-L6-v2' ? 256 : reader === 'clip-vit-base-patch32' ? 77 : null;
  const chunks = inSight.map((piece) => {
    const tokens = units(whole.slice(piece.start, piece.end), 'tokens').length + 2;
    return { tokens: reader === null ? null : tokens, lost: Math.max(0, tokens - (most ?? tokens)) };
  });
  const each = preprocessing.truncate ? 1 : all.length;
  const count = 320 + 9 * each;
  const error = each === 1 ? 0 : Math.round(each * 1.5);
  const known = models.every((model) => model in COST && model !== 'resnet50' && model !== 'clip-vit-base-patch32');
  const seconds = models.reduce(
    (sum, model) => sum + (model === 'builtin-image' ? 120 : count) / COST[model]!.items_per_second,
    0,
  );
  return {
    texts: Object.keys(TEXTS),
    shown: {
      file: name,
      place: name.endsWith('.pdf') ? 'page 2' : name.endsWith('.csv') ? 'row 2' : '',
      spans: spans(whole, inSight, end).map((span) => ({ ...span, text: prepared(span.text) })),
      chunks,
      goes_on: end < whole.length,
      counted_by: reader,
      max_tokens: most,
    },
    items: { count, error },
    // One of them is a sheet of 64.
    pictures: request.tile ? 183 : 120,
    vectors: 0,
    estimate_ms: known ? seconds * 1000 : null,
  };
}
