/** The engine's sentences are found whatever fills them, and nothing else is touched. */
import { expect, test } from 'vitest';
import type { Engine } from '../words';
import { engine as sentences } from './en/engine';
import { hear } from './hear';
import { said, speaker } from './said';

/** A language in which all that is translated is loud, whatever stands in holes is not. */
const loud = (text: string) =>
  text.replace(/\{\w+\}|[^{]+/g, (part) => (part.startsWith('{') ? part : part.toUpperCase()));
const engine = Object.fromEntries(sentences.map((text) => [text, loud(text)])) as Engine;
const say = speaker(engine);

test('English stays as it is', () => {
  expect(said('Cannot be opened: it is not there.')).toBe('Cannot be opened: it is not there.');
});

test.each([
  // As they stand, and in the form of a sentence.
  ['cancelled', 'CANCELLED'],
  ['Protected by a password.', 'PROTECTED BY A PASSWORD.'],
  ['No workspace is open', 'NO WORKSPACE IS OPEN'],
  // Holes, also with further sentences in them.
  ['No model is called “the disk is full”', 'NO MODEL IS CALLED “the disk is full”'],
  ['Row 3 holds a number that is not finite', 'ROW 3 HOLDS A NUMBER THAT IS NOT FINITE'],
  ['there is no map 7', 'THERE IS NO MAP 7'],
  ['cannot be opened: it is not there', 'CANNOT BE OPENED: IT IS NOT THERE'],
  ['Embedding texts with all-MiniLM-L6-v2', 'EMBEDDING TEXTS WITH all-MiniLM-L6-v2'],
  [
    'Embedding texts with openai:small, which sends them to api.openai.com',
    'EMBEDDING TEXTS WITH openai:small, WHICH SENDS THEM TO api.openai.com',
  ],
  [
    '12 vectors of all-MiniLM-L6-v2 are missing; they can be embedded again.',
    '12 VECTORS OF all-MiniLM-L6-v2 ARE MISSING; THEY CAN BE EMBEDDED AGAIN.',
  ],
  ['Importing field-notes', 'IMPORTING field-notes'],
  // A job's stage, a unit, a place, parameters, sizes.
  ['items', 'ITEMS'],
  ['page 3, part 2 of 5', 'PAGE 3, PART 2 OF 5'],
  ['perplexity 30 · seed 42', 'PERPLEXITY 30 · SEED 42'],
  ['k-means · on t-SNE · seed 42', 'K-MEANS · ON T-SNE · SEED 42'],
  ['200 items in 8 classes, 100 tested', '200 ITEMS IN 8 CLASSES, 100 TESTED'],
  ['20 questions over 1,300 documents', '20 QUESTIONS OVER 1,300 DOCUMENTS'],
  ['1,204 rows · pictures by “file” · comma-separated', '1,204 ROWS · PICTURES BY “file” · comma-separated'],
  ['t-SNE in 3-D', 'T-SNE IN 3-D'],
  ['bge 120 items/s, minilm 300 items/s', 'bge 120 ITEMS/S, minilm 300 ITEMS/S'],
  ['no visible text on pages 3, 4 of 9 (perhaps scanned)', 'NO VISIBLE TEXT ON PAGEs 3, 4 OF 9 (PERHAPS SCANNED)'],
  // Behind a name.
  ['file.pdf: protected by a password', 'file.pdf: PROTECTED BY A PASSWORD'],
  ['letters.zip/a.npy: cannot be read: it ends too soon', 'letters.zip/a.npy: CANNOT BE READ: IT ENDS TOO SOON'],
  ['ollama was refused: too long', 'ollama WAS REFUSED: too long'],
  [
    'Nothing could be read: a.pdf: protected by a password; b.txt: empty file; and 3 more',
    'NOTHING COULD BE READ: a.pdf: PROTECTED BY A PASSWORD; b.txt: EMPTY FILE; AND 3 MORE',
  ],
  ['field-notes: 3 new items, 2 moved.', 'field-notes: 3 NEW ITEMS, 2 MOVED.'],
  // Advice, and what is said of models.
  ['made for search', 'MADE FOR SEARCH'],
  ['reads de, fr', 'READS de, fr'],
  ['91 MB to fetch', '91 MB TO FETCH'],
])('%s', (text, there) => expect(say(text)).toBe(there));

test.each(['Notes from Norway', 'map of the moon', 'IMG_2041.jpg', '42', '', 'No such file or directory (os error 2)'])(
  'what is not the engine’s stays: %s',
  (text) => expect(say(text)).toBe(text),
);

test('a name in a hole stays', () => {
  expect(say('Importing cats in hats')).toBe('IMPORTING cats in hats');
  expect(say('Fetching reads of 2024')).toBe('FETCHING reads of 2024');
});

test('holes may stand in another order', () => {
  const turned = speaker({ 'part {0} of {parts}': 'von {parts} der {0}. Teil' } as Partial<Engine>);
  expect(turned('Part 2 of 5.')).toBe('Von 5 der 2. Teil.');
});

test('what could be taken apart in many ways ends all the same', () => {
  const long = 'is of in on by to: '.repeat(90);
  expect(say(long)).toHaveLength(long.length);
  expect(say('cancelled '.repeat(1000))).toBe('cancelled '.repeat(1000));
});

test('only what the wire marks is translated, however deep', () => {
  const bytes = new Uint8Array([1, 2]);
  const heard = hear(
    {
      id: 3,
      title: { said: 'Importing field-notes' },
      name: 'cancelled',
      error: null,
      bytes,
      skipped: [{ name: 'items', reason: { said: 'protected by a password' } }],
      other: { said: 'items', by: 'a user' },
    },
    say,
  );
  expect(heard).toEqual({
    id: 3,
    title: 'IMPORTING field-notes',
    name: 'cancelled',
    error: null,
    bytes,
    skipped: [{ name: 'items', reason: 'PROTECTED BY A PASSWORD' }],
    other: { said: 'items', by: 'a user' },
  });
  expect(heard.bytes).toBe(bytes);
  expect(hear({ said: 'cancelled' })).toBe('cancelled');
  expect(hear(bytes.buffer)).toBe(bytes.buffer);
  expect(hear(undefined)).toBeUndefined();
});
