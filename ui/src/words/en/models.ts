/** What the models' page says: the catalogue, what to choose, the hub, providers, and what would be sent. */
import type { Kind } from '../../backend/wire/Kind';
import { count, counted, duration, megabytes, percent } from '../../format';

const languageNames = new Intl.DisplayNames('en-GB', { type: 'language' });

/** What is known of a model, on more than one part of the page. */
export const known = {
  kinds: (kinds: Kind[]) => (kinds.length > 1 ? 'texts and pictures' : kinds[0] === 'image' ? 'pictures' : 'texts'),
  /** "English", "many languages". */
  languages: (codes: string[]) =>
    codes.length ? codes.map((code) => languageNames.of(code) ?? code).join(', ') : 'many languages',
  dims: (n: number) => `${n} dims`,
  gated: 'terms to accept',
  inUse: 'in use',
};

export const models = {
  title: 'Models',
  close: 'Close the models’ page',
  closeByKey: 'Close  M',
  part: 'Part',
  PART: { here: 'Catalogue', advice: 'Recommend', hub: 'Hub', providers: 'Providers' },
  PART_NOTE: {
    here: 'What is on this computer, and what can be fetched.',
    advice: 'Say what you need; the reasons stand beside each answer.',
    hub: 'Search the Hugging Face hub by words. Only your words are sent, and only when you ask.',
    providers: 'Models that answer over a wire. Nothing is sent to anyone you have not allowed.',
  },
};

export const advice = {
  purpose: 'For',
  PURPOSE: {
    search: 'finding by a question',
    similarity: 'telling how alike things are',
    clustering: 'grouping and mapping',
    classification: 'sorting into classes',
    any: 'anything',
  },
  kinds: 'Of',
  language: 'In',
  anyLanguage: 'any language',
  pace: 'Speed',
  PACE: { any: 'however long', fast: 'quick', instant: 'instant' },
  size: 'Download',
  anySize: 'of any size',
  upTo: (mb: number) => `up to ${mb < 1000 ? `${mb} MB` : `${mb / 1000} GB`}`,
  against: (reasons: string[]) => `but ${reasons.join(', ')}`,
  nothing: 'No model of the catalogue does all of that. Ask for less, or search the hub.',
  order:
    'The order weighs published grades against work and size. Which one is best for your own data, only a comparison on it tells.',
};

export const deed = {
  /** How far a fetch or an embedding is; nothing is known of its share at first. */
  progress: (share: number | null, secondsLeft: number | null) =>
    `${share === null ? 'Starting' : percent(share)}${secondsLeft ? ` · ${duration(secondsLeft)} left` : ''}`,
  cancel: 'Cancel',
  embed: 'Embed',
  embedWith: (model: string) => `Embed with ${model}`,
  builtIn: 'built in',
  here: 'here',
  fetch: (mb: number) => (mb ? `Fetch ${megabytes(mb)}` : 'Fetch'),
  fetchModel: (model: string) => `Fetch ${model}`,
  termsFirst: 'Its terms have to be accepted on the hub first, and HF_TOKEN set',
};

export const here = {
  title: 'On this computer',
  inMemory: (mb: number | null, device: string) => ['In memory', ...(mb ? [megabytes(mb)] : []), device].join(' · '),
  unload: 'Unload',
  unloadModel: (model: string) => `Unload ${model}`,
  unloadNote: 'Takes it out of memory; it is loaded again when it is needed',
  takeOff: (model: string) => `Take ${model} off the list`,
  takeOffNote: 'Take it off the list; the folder stays',
  askDelete: 'Delete…',
  askDeleteModel: (model: string) => `Delete ${model}…`,
  addFolder: 'Add a folder with a model…',
  loaded: (n: number, mb: number) => `${counted(n, 'model')} in memory${mb ? `, about ${megabytes(mb)}` : ''}.`,
  dropFolder: 'A folder can be dropped on the window as well; it stays where it is.',
  away: 'To fetch',
  isDeleted: (model: string) => `Delete ${model}?`,
  whatIsDeleted: (mb: number) =>
    `Its files come off this computer, ${megabytes(mb)}, and off the cache that Python tools share. What was embedded with it stays; searching those maps in words needs it again.`,
  keep: 'Keep',
  delete: 'Delete',
};

export const hub = {
  label: 'Search the hub',
  example: 'bge small',
  search: 'Search',
  searching: 'Searching',
  unanswered: 'The hub did not answer. What is on this computer stands in the catalogue and needs no network.',
  nothing: 'Nothing was found. Fewer words find more.',
  unknownFamily: 'unknown architecture',
  noLicence: 'no licence named',
  downloads: (n: number) => `${count(n)} downloads a month`,
  details: 'Details',
  detailsOf: (model: string) => `Details of ${model}`,
  cannotLoad: 'This program cannot load it.',
  reads: 'Reads',
  dimensions: 'Dimensions',
  longest: 'Longest text',
  anyLength: 'any',
  tokens: (n: number) => `${count(n)} tokens`,
  pooling: 'Pooling',
  noPooling: 'none',
  weights: 'Weights',
  weightsAre: (parameters: number | null, precision: string | null) =>
    [parameters ? `${count(parameters / 1e6)} M` : 'not told', ...(precision ? [precision] : [])].join(', '),
  toFetch: 'To fetch',
  notTold: 'not told',
  acceptTerms:
    'Its makers ask you to accept their terms first: open its page on the hub, accept them, and add a token of yours above.',
};

export const mirror = {
  from: (host: string, hasToken: boolean) =>
    `Models come from ${host}, ${hasToken ? 'with a token of yours' : 'without a token'}.`,
  change: 'Change…',
  mirror: 'Mirror',
  noMirror: 'https://huggingface.co',
  mirrorNote:
    'Another address that answers as the hub does, as a company or a country may have. Left empty, it is huggingface.co.',
  isFixed: 'HF_ENDPOINT decides where models come from.',
  token: 'Token',
  noToken: 'None',
  anotherToken: 'Another one',
  tokenNote:
    'For models whose makers ask for it. It is kept in the keyring of this system, never in a file, and shown to this hub alone.',
  keep: 'Keep',
  forgetToken: 'Forget the token',
};

export const providers = {
  goesTo: (host: string | null) => (host ? `texts go to ${host}` : 'on this computer'),
  /** `variable` may hold the key. */
  key: (variable: string | null, hasKey: boolean) =>
    variable ? (hasKey ? 'has a key' : `no key: set ${variable}, or keep one here`) : 'needs no key',
  changeKey: (hasKey: boolean) => (hasKey ? 'Change key…' : 'Add key…'),
  changeKeyOf: (provider: string, hasKey: boolean) => `${hasKey ? 'Change' : 'Add'} the key of ${provider}`,
  allowed: 'Texts may be sent',
  keyOf: (provider: string) => `Key of ${provider}`,
  keyField: 'Key',
  keepKey: 'Keep in the keyring',
  forgetKey: 'Forget it',
  keyNote: 'It is kept in the keyring of this system, never in a file.',
  price: (dollars: number) => `$${dollars} for a million tokens`,
  keyFirst: 'Add a key first',
  embed: 'Embed…',
  embedWith: (model: string) => `Embed with ${model}…`,
  otherOf: (provider: string) => `Name of another model of ${provider}`,
  other: (isFirst: boolean) => `${isFirst ? 'A model' : 'Another model'}, by its name there`,
  ownServers:
    'Servers and programs of your own are added in settings.toml; the page Models of the documentation says how.',
};

/** "about $0.0008", "less than a hundredth of a cent". */
const dollars = (cost: number) =>
  cost < 0.0001 ? 'less than a hundredth of a cent' : `about $${cost.toFixed(cost < 0.1 ? 4 : 2)}`;

export const sending = {
  title: (texts: number, host: string | null) => `Send ${counted(texts, 'text')} to ${host}?`,
  whatLeaves: (model: string, tokens: number) =>
    `${model} is not on this computer. To embed with it, the whole of these texts leaves this computer: about ${count(tokens)} tokens.`,
  cost: (provider: string, cost: number | null) =>
    cost === null
      ? `What ${provider} asks for that is not known here.`
      : `At the published price that is ${dollars(cost)}.`,
  allows: (provider: string) => `${provider} is then allowed; you can take that back among the providers.`,
  sendNothing: 'Send nothing',
  send: 'Send and embed',
};
