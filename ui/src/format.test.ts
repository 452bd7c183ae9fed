import { expect, it } from 'vitest';
import { bytes, count, counted, duration, megabytes, milliseconds, percent, rate, similarity } from './format';

it('writes numbers as people read them', () => {
  expect(count(117592)).toBe('117,592');
  expect([counted(1, 'item'), counted(12, 'item')]).toEqual(['1 item', '12 items']);
  expect(similarity(-0.123)).toBe('−0.12');
  expect([percent(0), percent(0.001), percent(0.005), percent(1)]).toEqual(['0 %', '< 1 %', '1 %', '100 %']);
  expect([bytes(870), bytes(1536), bytes(2000), bytes(1_240_000), bytes(14_800_000), megabytes(605)]).toEqual([
    '870 B',
    '1.5 kB',
    '2 kB',
    '1.2 MB',
    '15 MB',
    '605 MB',
  ]);
  expect([duration(0.01), duration(9.94), duration(59.7), duration(103), duration(3601), duration(7500)]).toEqual([
    '0.1 s',
    '9.9 s',
    '1 min',
    '1 min 43 s',
    '1 h 0 min',
    '2 h 5 min',
  ]);
  expect([milliseconds(0.02), milliseconds(6.42), milliseconds(640), milliseconds(1500)]).toEqual([
    '< 0.1 ms',
    '6.4 ms',
    '640 ms',
    '1.5 s',
  ]);
  expect([rate(3.14), rate(9800)]).toEqual(['3.1 /s', '9,800 /s']);
});
