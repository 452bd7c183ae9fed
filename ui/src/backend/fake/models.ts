/** The hub, the advice and the providers of the seeded world. */
import type { AdviceView } from '../wire/AdviceView';
import type { FoundModelView } from '../wire/FoundModelView';
import type { InspectionView } from '../wire/InspectionView';
import type { ModelView } from '../wire/ModelView';
import type { ProviderView } from '../wire/ProviderView';
import type { WantedRequest } from '../wire/WantedRequest';

const found = (id: string, rest: Partial<FoundModelView>): FoundModelView => ({
  id,
  family: 'bert',
  licence: 'mit',
  gated: false,
  downloads: 0,
  problem: null,
  presence: 'missing',
  ...rest,
});

export const FOUND: FoundModelView[] = [
  found('BAAI/bge-small-en-v1.5', { downloads: 6_120_455 }),
  found('intfloat/e5-small-v2', { downloads: 812_004 }),
  found('thenlper/gte-small', { downloads: 640_118 }),
  found('google/embeddinggemma-small', { family: 'gemma3_text', licence: 'gemma', gated: true, downloads: 402_771 }),
  found('someone/jamba-small', {
    family: null,
    licence: null,
    downloads: 118,
    problem: 'Its architecture is not one that can be loaded here.',
  }),
];

export const INSPECTED = (id: string): InspectionView => {
  const { family, licence, gated, problem } = FOUND.find((model) => model.id === id) ?? found(id, {});
  return {
    id,
    family,
    kinds: ['text'],
    dim: problem ? null : 384,
    max_tokens: problem ? null : 512,
    pooling: problem ? [] : ['cls'],
    licence,
    gated,
    bytes: 133_500_000,
    parameters: 33_360_000,
    precision: 'F32',
    problems: problem ? [problem, 'Its config.json names no architecture.'] : [],
  };
};

export const PROVIDERS: ProviderView[] = [
  {
    name: 'openai',
    host: 'api.openai.com',
    allowed: false,
    key: 'OPENAI_API_KEY',
    has_key: true,
    models: [
      { name: 'text-embedding-3-small', dim: 1536, price: 0.02 },
      { name: 'text-embedding-3-large', dim: 3072, price: 0.13 },
    ],
  },
  {
    name: 'cohere',
    host: 'api.cohere.com',
    allowed: false,
    key: 'COHERE_API_KEY',
    has_key: false,
    models: [{ name: 'embed-v4.0', dim: 1536, price: null }],
  },
  { name: 'ollama', host: null, allowed: true, key: null, has_key: false, models: [] },
];

export function advise(models: ModelView[], { kinds, most_mb }: WantedRequest): AdviceView[] {
  const fit = models.filter(
    (model) => kinds.every((kind) => model.kinds.includes(kind)) && model.size_mb <= (most_mb ?? Infinity),
  );
  const order = [...fit].sort((a, b) => Number(a.baseline) - Number(b.baseline));
  return order.map((model) => ({
    id: model.id,
    presence: model.presence,
    reasons: [model.size_mb ? `${model.size_mb} MB` : 'part of the program', 'quick without a graphics card'],
    against: model.baseline ? ['a baseline that learned nothing'] : ['reads English only'],
  }));
}
