/** What is said of how the workspace is kept, and of what is to be forgotten. */
import type { RunKind } from '../../backend/wire/RunKind';
import { count, counted } from '../../format';
import { kindCount } from './shared';

export const workspace = {
  workspace: 'Workspace',
  kept: (place: string) => `Kept ${place}`,
  /** After where it is kept. */
  readOnly: '· open for reading only',
  write: 'Open for writing',
  showInFolder: 'Show in folder',
  close: 'Close the workspace’s page',
  closeHint: 'Close  W',
  trouble: 'When something goes wrong',
  bundle:
    'A diagnostic bundle holds versions, this machine, counts and the last lines of the log. No names, no paths and no texts are in it, and it is sent nowhere: read it before you hand it on.',
  saveBundle: 'Save a diagnostic bundle…',
};

export const forget = {
  forgetItems: (n: number) => `Forget ${n === 1 ? 'this item' : counted(n, 'item')}?`,
  forgetCollection: (name = 'this collection') => `Forget ${name}?`,
  forgetMap: 'Forget this map?',
  mapGone: 'This map will be gone, and what was measured of it:',
  itemsStay: 'Items and vectors stay. The same map can be laid out again.',
  forgetEverything: 'Forget everything in this workspace?',
  gone: 'This will be gone, and cannot be brought back:',
  OF_ITEM: ['Its text and caption', 'Its vectors and places on every map'],
  OF_ITEMS: ['Their texts and captions', 'Their vectors and places on every map'],
  items: ({ texts, images }: { texts: number; images: number }) =>
    [texts && kindCount('text', texts), images && kindCount('image', images)].filter(Boolean).join(' and ') ||
    'No items',
  ofCollection: 'Their vectors and places on every map, their tags and selections',
  all: (n: number) => counted(n, 'item'),
  results: (sets: number, maps: number) =>
    `${counted(sets, 'embedding set')} and ${counted(maps, 'map')}, with their runs`,
  tagsAndPasted: 'Tags, selections and everything pasted',
  filesStay: 'Your own files stay as they are and where they are. They can be read in again.',
  underWay: (n: number) => `${count(n)} under way will be stopped first; what is done is kept.`,
  keep: 'Keep',
  forget: 'Forget',
  forgetting: 'Forgetting',
};

export const disk = {
  title: 'On the disk',
  PART: {
    index: 'Items and their words',
    vectors: 'Vectors',
    results: 'Maps and clusters',
    pasted: 'Pasted texts and pictures',
    copies: 'Copies from before repairs',
    dead: 'Forgotten, not given back yet',
  },
  reclaim: 'Reclaim space',
  reclaimNote: 'Gives back the room of what was forgotten',
  check: 'Check',
  checkNote: 'Looks whether everything is as it was written; nothing is changed',
  sound: 'Everything is as it was written.',
  notAsWritten: (n: number) => `${counted(n, 'thing')} not as written:`,
  mend: 'Mend',
  mending: 'Mending',
  mendNote: 'Keeps a copy of the index first, then everything that can be read',
  mended: 'Mended; everything is as it was written.',
  lost: (n: number) =>
    `${counted(n, 'original')} ${n === 1 ? 'is not where it was' : 'are not where they were'}. Drop the folder again, or keep one of the items and press “Find…”.`,
};

export const holds = {
  title: 'What it holds',
  items: (n: number) => counted(n, 'item'),
  forget: (collection: string) => `Forget ${collection}…`,
  empty: 'Nothing yet. Drop files anywhere in the window to begin.',
  forgetAll: 'Forget everything…',
};

export const runs = {
  title: 'Runs',
  runs: (n: number) => counted(n, 'run'),
  showMap: 'Show this map',
  showMapOf: (title: string, model: string) => `Show this ${title} map of ${model}`,
  forgetMap: 'Forget this map…',
  forgetMapOf: (title: string, model: string) => `Forget this ${title} map of ${model}…`,
  computedBy: (device: string, version: string) => `${device}, Embedscope ${version}`,
  repeat: 'Repeat',
  repeatOf: (title: string, model: string | null) => `Repeat ${title}${model ? ` of ${model}` : ''}`,
  /** What repeating does. */
  AGAIN: {
    map: 'Lays the map out again with the same parameters and seed',
    embedding: 'Embeds what this set does not have yet; what it has is kept',
    clusters: 'Finds the clusters again with the same seed',
    evaluation: 'Measures the models again by the same labels and seed',
    speed: 'Times the models again',
  } as Partial<Record<RunKind, string>>,
  busy: 'Something is under way',
  empty: 'Nothing was computed here yet.',
};
