/**
 * Models measured by the labels of the seeded world: each item takes the class of the nearest class mean.
 *
 * Simpler than the host's protocol, but true to the vectors. Deliberately absent: draws; ranges are the usual ones of a
 * share.
 */
import type { DifferenceView } from '../wire/DifferenceView';
import type { EvaluationRequest } from '../wire/EvaluationRequest';
import type { EvaluationView } from '../wire/EvaluationView';
import type { FigureView } from '../wire/FigureView';
import type { MeasuredView } from '../wire/MeasuredView';
import { MODELS } from './catalogue';
import { cosine } from './space';
import type { Set, World } from './world';

export function evaluate(world: World, { sets, by, seed }: EvaluationRequest): EvaluationView[] {
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
      .map(({ wrong, ...rest }): MeasuredView => {
        const share = (1 - wrong.length / items.length) * ease;
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
      return { truth, found: taken, count: own.length * 0.9, items: own };
    })
    .sort((a, b) => b.count - a.count);
  const baseline = MODELS.find(({ id }) => id === set.model.id)?.baseline ?? false;
  return { set: set.id, model: set.model.id, baseline, mistakes, wrong };
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
