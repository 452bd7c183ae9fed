/** The models of the seeded world: names and sizes as in the real catalogue, speeds invented. */
import type { ModelView } from '../wire/ModelView';

const model = (id: string, rest: Partial<ModelView>): ModelView => ({
  id,
  kinds: ['text'],
  dim: 384,
  size_mb: 0,
  licence: 'Apache-2.0',
  languages: [],
  gated: false,
  presence: 'present',
  baseline: false,
  note: '',
  is_folder: false,
  device: null,
  memory_mb: null,
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
    languages: ['en'],
    size_mb: 91,
    device: 'CPU, 2 threads',
    memory_mb: 214,
    note: 'Small and quick, good for English sentences and short paragraphs up to about 200 words.',
  }),
  model('clip-vit-base-patch32', {
    kinds: ['text', 'image'],
    languages: ['en'],
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

/** What the dialogue for folders gives. */
export const FOLDER = model('folder:minilm-contracts', {
  languages: ['en'],
  size_mb: 92,
  licence: '',
  is_folder: true,
  note: 'From a folder of yours.',
});

export const COST: Record<string, { load_ms: number; items_per_second: number; memory_mb: number }> = {
  'builtin-text': { load_ms: 3, items_per_second: 9800, memory_mb: 14 },
  'builtin-image': { load_ms: 1, items_per_second: 310, memory_mb: 22 },
  'all-MiniLM-L6-v2': { load_ms: 92, items_per_second: 412, memory_mb: 214 },
  'clip-vit-base-patch32': { load_ms: 640, items_per_second: 21, memory_mb: 890 },
  'folder:minilm-contracts': { load_ms: 95, items_per_second: 402, memory_mb: 210 },
  resnet50: { load_ms: 180, items_per_second: 34, memory_mb: 340 },
};
