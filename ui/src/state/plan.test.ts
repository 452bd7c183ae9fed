import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend/backend';
import { PLAN, preview } from '../backend/fake/plan';
import { FakeHost } from '../backend/fake/host';
import type { PreviewRequest } from '../backend/wire/PreviewRequest';
import { estimated } from '../words';
import { PlanChoice } from './plan.svelte';

const chosen = () => new PlanChoice(PLAN, new FakeHost('plan'));

describe('what is chosen on a plan', () => {
  it('begins with the proposals, and does nothing to texts', () => {
    const { request } = chosen();
    expect(request.models).toEqual(['all-MiniLM-L6-v2', 'builtin-image']);
    expect(request.cut).toEqual({ unit: 'words', size: 180, overlap: 0 });
    expect(request.preprocessing).toEqual({ lower_case: false, white_space: false, truncate: false });
    expect([request.folder_labels, request.watch]).toEqual([false, false]);
    expect(request.columns[0]!.roles).toEqual({
      text: 'question',
      image: '',
      vector: '',
      label: '',
      id: '',
      table: null,
    });
    expect(request.columns[1]!.roles.table).toBe('reports');
  });

  it('leaves tables alone that only say what vectors are', () => {
    const table = { ...PLAN.tables[0]!, describes: 'vectors.npy' };
    expect(new PlanChoice({ ...PLAN, tables: [table] }, {} as Backend).request.columns).toEqual([]);
  });

  it('keeps the size at least 1 and the overlap below it', () => {
    const choice = chosen();
    choice.resize(10, 30);
    expect(choice.cut).toEqual({ unit: 'words', size: 10, overlap: 9 });
    choice.resize(Number.NaN, Number.NaN);
    expect(choice.cut).toEqual({ unit: 'words', size: 1, overlap: 0 });
    choice.cutBy('sentences');
    expect(choice.cut).toEqual({ unit: 'sentences', size: 5, overlap: 0 });
  });

  it('turns to another table of a file, whose columns are guessed anew', async () => {
    const choice = chosen();
    choice.choose('sport/results.db', 'label', 'league');
    await choice.turnTo('sport/results.db', 'players');
    const { roles } = choice.request.columns[1]!;
    expect([roles.text, roles.label, roles.table]).toEqual(['name', '', 'players']);
  });
});

describe('the preview', () => {
  it('asks one question at a time and ends with the newest answer', async () => {
    const asked: PreviewRequest[] = [];
    const answers: (() => void)[] = [];
    const backend = {
      previewImport: (request: PreviewRequest) => {
        asked.push(request);
        return new Promise((resolve) => answers.push(() => resolve(preview(request))));
      },
    } as unknown as Backend;
    const choice = new PlanChoice(PLAN, backend);
    const done = choice.look();
    for (const size of [10, 20, 30]) {
      choice.resize(size, 0);
      void choice.look();
    }
    expect([asked.length, choice.preview]).toEqual([1, null]);
    answers[0]!();
    await Promise.resolve().then(() => Promise.resolve());
    expect(choice.preview, 'an answer to an old question is not shown').toBeNull();
    expect(asked.map(({ import: { cut } }) => cut.size)).toEqual([180, 30]);
    answers[1]!();
    await done;
    expect([choice.asking, choice.preview!.shown!.chunks.length > 1]).toEqual([false, true]);
  });

  it('says what went wrong in its place', async () => {
    const backend = { previewImport: () => Promise.reject(new Error('This plan was used.')) } as unknown as Backend;
    const choice = new PlanChoice(PLAN, backend);
    await choice.look();
    expect([choice.preview, choice.problem?.message]).toEqual([null, 'This plan was used.']);
  });
});

it('says how sure an estimate is', () => {
  expect(estimated({ count: 1, error: 0 })).toBe('1 text');
  expect(estimated({ count: 1240, error: 90 })).toBe('about 1,240 ± 90 texts');
  expect(estimated({ count: 1240, error: null })).toBe('roughly 1,240 texts');
});
