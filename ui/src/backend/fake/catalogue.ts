/** The models of the seeded world: names and sizes as in the real catalogue, speeds invented. */
import type { ModelView } from '../wire/ModelView';
import type { PlanView } from '../wire/PlanView';

const model = (id: string, rest: Partial<ModelView>): ModelView => ({
  id,
  kinds: ['text'],
  dim: 384,
  size_mb: 0,
  licence: 'Apache-2.0',
  presence: 'present',
  baseline: false,
  note: '',
  ...rest,
});

export const MODELS: ModelView[] = [
  model('builtin-text', {
    licence: 'MIT OR Apache-2.0',
    presence: 'builtin',
    baseline: true,
    note: 'Compares texts by the words and letters they share, in any language and without a download; it knows no synonyms.',
  }),
  model('builtin-image', {
    kinds: ['image'],
    dim: 464,
    licence: 'MIT OR Apache-2.0',
    presence: 'builtin',
    baseline: true,
    note: 'Compares pictures by colour, edges and texture, without a download; it does not know what they show.',
  }),
  model('all-MiniLM-L6-v2', {
    size_mb: 91,
    note: 'Small and quick, good for English sentences and short paragraphs up to about 200 words.',
  }),
  model('clip-vit-base-patch32', {
    kinds: ['text', 'image'],
    dim: 512,
    size_mb: 605,
    licence: 'MIT',
    presence: 'missing',
    note: 'Puts pictures and short texts into one space, so that words find pictures.',
  }),
  model('resnet50', {
    kinds: ['image'],
    dim: 2048,
    size_mb: 102,
    presence: 'missing',
    note: 'Compares pictures by what they show, as learned from ImageNet.',
  }),
];

export const COST: Record<string, { load_ms: number; items_per_second: number; memory_mb: number }> = {
  'builtin-text': { load_ms: 3, items_per_second: 9800, memory_mb: 14 },
  'builtin-image': { load_ms: 1, items_per_second: 310, memory_mb: 22 },
  'all-MiniLM-L6-v2': { load_ms: 92, items_per_second: 412, memory_mb: 214 },
  'clip-vit-base-patch32': { load_ms: 640, items_per_second: 21, memory_mb: 890 },
  resnet50: { load_ms: 180, items_per_second: 34, memory_mb: 340 },
};

export const PLAN: PlanView = {
  id: 1,
  name: 'field-notes',
  groups: [
    { title: 'PNG pictures', kind: 'image', files: 120, bytes: 14_800_000 },
    { title: 'Markdown documents', kind: 'text', files: 4, bytes: 96_400 },
    { title: 'PDF documents', kind: 'text', files: 2, bytes: 1_240_000 },
    { title: 'Tables (CSV)', kind: 'text', files: 2, bytes: 41_200 },
    { title: 'Other texts (HTML, DOCX, JSON lines, plain)', kind: 'text', files: 4, bytes: 88_000 },
  ],
  skipped: [
    { name: 'archive/old-drafts.zip', reason: 'archives are not read yet' },
    { name: 'science/scan-0041.pdf', reason: 'it holds pictures of pages and no text' },
    { name: 'pictures/broken.jpg', reason: 'the picture is cut off in the middle' },
  ],
  tables: [
    {
      name: 'money/banking.csv',
      columns: ['id', 'question', 'category', 'year'],
      text_column: 'question',
      said: '240 rows · classes perhaps in “category” · comma-separated, quoted, with a header, UTF-8',
    },
    {
      name: 'sport/reports.csv',
      columns: ['report', 'year', 'league'],
      text_column: 'report',
      said: '80 rows · comma-separated, quoted, with a header, UTF-8',
    },
  ],
  models: [
    { kind: 'text', model: 'all-MiniLM-L6-v2', choices: ['all-MiniLM-L6-v2', 'builtin-text', 'clip-vit-base-patch32'] },
    { kind: 'image', model: 'builtin-image', choices: ['builtin-image', 'resnet50', 'clip-vit-base-patch32'] },
  ],
  cut: 'Texts longer than 200 words are cut into parts of at most 200 words; each part becomes one item.',
  estimate_ms: 4_200,
};
