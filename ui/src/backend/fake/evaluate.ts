/**
 * Models measured by the labels of the seeded world: each item takes the class of the nearest class mean.
 *
 * Simpler than the host's protocol, but true to the vectors. Deliberately absent: draws; ranges are the usual ones of a
 * share.
 */
import type { AnswerRequest } from '../wire/AnswerRequest';
import type { DifferenceView } from '../wire/DifferenceView';
import type { EvaluationRequest } from '../wire/EvaluationRequest';
import type { EvaluationView } from '../wire/EvaluationView';
import type { FigureView } from '../wire/FigureView';
import type { MeasuredView } from '../wire/MeasuredView';
import type { RecommendationView } from '../wire/RecommendationView';
import { COST, MODELS } from './catalogue';
import { cosine, nearest } from './space';
import type { Set, World } from './world';

export function evaluate(world: World, { sets, by, fewer, seed }: EvaluationRequest): EvaluationView[] {
  const all = sets.map((id) => world.set(id));
  const items = Array.from(all[0]!.items).filter((item) => all.every((set) => set.items.includes(item)));
  const classes = [...new globalThis.Set(items.map((item) => world.classOf(item, by)))].sort();
  if (classes.length < 2)
    throw {
      code: 'bad_request',
      message: `${by.replace('column:', '')} gives fewer than two classes with two items each`,
      hint: null,
    };
  const size = `${items.length} items in ${classes.length} classes`;
  const tested = `, ${items.length >> 1} tested`;
  const told = all.map((set) => measured(set, items, (item) => world.classOf(item, by), classes));
  const tasks: [string, string, string[], number][] = [
    ['classification', CLASSIFICATION, ['accuracy', 'f1', 'knn_accuracy'], 1],
    ['clustering', CLUSTERING, ['v_measure', 'ari'], 0.82],
  ];
  return tasks.map(([task, protocol, names, ease]) => {
    const results = told
      .flatMap((one) => (fewer ? smaller(one) : [one]))
      .map(({ wrong, loses, ...rest }): MeasuredView => {
        const share = (1 - wrong.length / items.length) * ease * loses;
        const half = 1.96 * Math.sqrt((share * (1 - share)) / items.length);
        const figures = names.map((name, at): FigureView => ({
          name,
          value: share * (1 - at * 0.03),
          range: at === 0 ? [Math.max(0, share - half), Math.min(1, share + half)] : null,
          items: wrong,
        }));
        return { ...rest, figures };
      })
      .sort((a, b) => b.figures[0]!.value - a.figures[0]!.value);
    return {
      task,
      data: by.replace('column:', ''),
      recommendation: recommended(results),
      published_note: null,
      size: size + (task === 'classification' ? tested : ''),
      protocol,
      results,
      differences: differences(results, items.length),
      seed,
    };
  });
}

const CLASSIFICATION =
  'Logistic regression on a few examples of each class, drawn anew ten times, tested on the rest; the mean of the ten, as in the MTEB.';
const CLUSTERING =
  'Mini-batch k-means with as many clusters as there are classes; the mean of ten draws, as in the MTEB.';

function measured(set: Set, items: number[], classOf: (item: number) => string, classes: string[]) {
  const rows = items.map((item) => set.vectors[set.items.indexOf(item)]!);
  const means = classes.map((name) => {
    const own = rows.filter((_, at) => classOf(items[at]!) === name && at % 2 === 0);
    return Float64Array.from(rows[0]!, (_, d) => own.reduce((sum, row) => sum + row[d]!, 0) / Math.max(1, own.length));
  });
  const found = rows.map((row) => {
    const near = means.map((mean) => cosine(row, mean) / (Math.sqrt(cosine(mean, mean)) || 1));
    return classes[near.indexOf(Math.max(...near))]!;
  });
  const wrong = items.filter((item, at) => found[at] !== classOf(item));
  const pairs = new Map<string, number[]>();
  items.forEach((item, at) => {
    if (found[at] === classOf(item)) return;
    const key = JSON.stringify([classOf(item), found[at]]);
    pairs.set(key, [...(pairs.get(key) ?? []), item]);
  });
  const mistakes = [...pairs]
    .map(([key, own]) => {
      const [truth, taken] = JSON.parse(key) as [string, string];
      return { row: own[0]!, asked: '', truth, found: taken, loss: own.length * 0.9, items: own };
    })
    .sort((a, b) => b.loss - a.loss);
  return { ...costs(set), mistakes, wrong, loses: 1 };
}

function costs(set: Set) {
  const { baseline, dim } = MODELS.find(({ id }) => id === set.model.id)!;
  const items_per_second = COST[set.model.id]!.items_per_second;
  return { set: set.id, model: set.model.id, baseline, dim, bytes: dim * 4, items_per_second, published: null };
}

/** A contestant with fewer bytes beside it, each a little worse than the one before. */
function smaller<T extends { model: string; baseline: boolean; dim: number; bytes: number; loses: number }>(
  whole: T,
): T[] {
  const wish = (words: string, bytes: number, loses: number) => ({
    ...whole,
    model: `${whole.model}?${words}`,
    baseline: false,
    bytes,
    loses,
  });
  const { dim } = whole;
  return [
    whole,
    wish('precision=int8', dim, 0.998),
    wish('precision=binary', dim / 8, 0.95),
    wish(`dimensions=${dim >> 1}`, dim * 2, 0.985),
    wish(`dimensions=${dim >> 2}`, dim, 0.95),
  ];
}

/** The smallest of those that nothing is certainly better than. */
function recommended(results: MeasuredView[]): RecommendationView | null {
  const best = results[0];
  if (!best) return null;
  const low = best.figures[0]!.range?.[0] ?? best.figures[0]!.value;
  const equal = results.filter(({ figures }) => figures[0]!.value >= low);
  const chosen = equal.toSorted((a, b) => (a.bytes ?? 0) - (b.bytes ?? 0))[0]!;
  const value = chosen.figures[0]!.value.toFixed(3);
  const reasons = [
    `Its figure of ${value} is not certainly below the highest.`,
    `A vector takes ${chosen.bytes} bytes.`,
  ];
  return { model: chosen.model, reasons };
}

/** What is known once these models took part. */
export function among(whole: EvaluationView, models: globalThis.Set<string>): EvaluationView {
  const results = whole.results.filter(({ model }) => models.has(model));
  return {
    ...whole,
    results,
    differences: whole.differences.filter(({ a, b }) => models.has(a) && models.has(b)),
    recommendation: recommended(results),
  };
}

/** How often each set agrees with what was judged. */
export function judged(world: World, answers: AnswerRequest[], { sets, seed }: EvaluationRequest): EvaluationView {
  const counted = answers.filter(({ decided }) => decided);
  if (!counted.length)
    throw {
      code: 'bad_request',
      message: 'Nothing has been judged yet about items that all of these models have seen',
      hint: null,
    };
  const results = sets
    .map((id): MeasuredView => {
      const set = world.set(id);
      const vector = (item: number) => set.vectors[set.items.indexOf(item)]!;
      const mistakes = counted.map(({ anchor, near, far }, row) => {
        const [right, wrong] = [cosine(vector(anchor), vector(near)), cosine(vector(anchor), vector(far))];
        const found = world.entries[right > wrong ? near : far]!.title;
        const [asked, truth] = [world.entries[anchor]!.title, world.entries[near]!.title];
        return { row, asked, truth, found, loss: right > wrong ? 0 : wrong - right, items: [anchor, near, far] };
      });
      const missed = mistakes.filter(({ loss }) => loss > 0);
      return {
        ...costs(set),
        figures: [share('triplets_right', mistakes.length - missed.length, mistakes.length, missed)],
        mistakes,
      };
    })
    .sort((a, b) => b.figures[0]!.value - a.figures[0]!.value);
  return {
    task: 'triplets',
    data: 'judged',
    size: `${counted.length} judgements`,
    protocol: 'The share of judgements in which the one that was judged nearer has the larger cosine.',
    results,
    differences: differences(results, counted.length),
    recommendation: recommended(results),
    published_note: null,
    seed,
  };
}

function share(name: string, right: number, n: number, missed: { items: number[] }[]): FigureView {
  const value = right / n;
  const half = 1.96 * Math.sqrt((value * (1 - value)) / n);
  const items = [...new globalThis.Set(missed.flatMap((miss) => miss.items))];
  return { name, value, range: [Math.max(0, value - half), Math.min(1, value + half)], items };
}

/** Questions of a file: each text's topic asks for a text of that topic, by the vectors of the seeded models. */
export function test(world: World, task: string, models: string[]): EvaluationView {
  const bases = [...new globalThis.Set(models.map((name) => name.split('?')[0]!))];
  const sets = bases.map((id) => world.sets.find(({ model }) => model.id === id)!);
  const asked = Array.from(sets[0]!.items).slice(0, 40);
  const results = sets
    .map((set): MeasuredView => {
      const mistakes = asked.map((item, row) => {
        const [best] = nearest(set.vectors[set.items.indexOf(item)]!, set.vectors, 1, set.items.indexOf(item));
        const answer = set.items[best![0]]!;
        const right = world.classOf(answer, 'cluster') === world.classOf(item, 'cluster');
        const { title } = world.entries[item]!;
        const truth = `1. ${world.classOf(item, 'cluster')}`;
        return {
          row,
          asked: title,
          truth,
          found: `1. ${world.entries[answer]!.title}`,
          loss: right ? 0 : 1,
          items: [],
        };
      });
      const missed = mistakes.filter(({ loss }) => loss > 0);
      return {
        ...costs(set),
        set: null,
        published: set.model.id === 'all-MiniLM-L6-v2' ? 0.6451 : null,
        figures: [share('ndcg@10', mistakes.length - missed.length, mistakes.length, missed)],
        mistakes: mistakes.toSorted((a, b) => b.loss - a.loss),
      };
    })
    .sort((a, b) => b.figures[0]!.value - a.figures[0]!.value);
  return {
    task,
    data: 'scifact',
    size: '40 questions over 200 documents',
    protocol: 'Every question against every document; the first 1000 scored as trec_eval does.',
    results,
    differences: differences(results, asked.length),
    recommendation: recommended(results),
    published_note:
      'Published: the MTEB’s result for SciFact test (ndcg@10), not measured here; the data was known by its name.',
    seed: 42,
  };
}

function differences(results: MeasuredView[], n: number): DifferenceView[] {
  return results.flatMap((better, at) =>
    results.slice(at + 1).map((other): DifferenceView => {
      const value = better.figures[0]!.value - other.figures[0]!.value;
      const half = 1.4 / Math.sqrt(n);
      const range: [number, number] = [value - half, value + half];
      return { a: better.model, b: other.model, value, range, certain: range[0] > 0 };
    }),
  );
}
