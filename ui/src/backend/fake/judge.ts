/** The seeded host's “which is nearer?”: two neighbours of an item by drawn models; answers are kept while it lives. */
import type { AnswerRequest } from '../wire/AnswerRequest';
import type { QuestionView } from '../wire/QuestionView';
import { Random } from './random';
import { nearest } from './space';
import type { World } from './world';

export class Judge {
  readonly answers: AnswerRequest[] = [];

  constructor(private readonly world: World) {}

  get decided(): AnswerRequest[] {
    return this.answers.filter(({ decided }) => decided);
  }

  /** Hangs on how many were answered and on nothing else. */
  next(ids: number[]): QuestionView | null {
    const { world, answers } = this;
    const sets = ids.map((id) => world.set(id));
    const items = Array.from(sets[0]!.items).filter((item) => sets.every((set) => set.items.includes(item)));
    const random = new Random(42 + answers.length);
    for (let turn = 0; turn < 64; turn++) {
      const anchor = items[random.below(items.length)]!;
      const [first, second] = [0, 1].map(() => {
        const set = sets[random.below(sets.length)]!;
        const row = set.items.indexOf(anchor);
        const near = nearest(set.vectors[row]!, set.vectors, 10, row);
        return set.items[near[random.below(near.length)]![0]]!;
      }) as [number, number];
      if (first === second) continue;
      return {
        number: answers.length,
        anchor: world.item(anchor),
        first: world.item(first),
        second: world.item(second),
      };
    }
    return null;
  }

  take(answer: AnswerRequest): number {
    if (answer.number === this.answers.length) this.answers.push(answer);
    return this.answers.length;
  }

  back(): number {
    this.answers.pop();
    return this.answers.length;
  }
}
