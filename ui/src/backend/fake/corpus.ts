/** The sample world: short texts on a dozen topics and drawn pictures with captions, all made from word lists. */
import type { Kind } from '../wire/Kind';
import { Random } from './random';

export interface Entry {
  kind: Kind;
  topic: number;
  title: string;
  text: string;
  file: string;
  place: string;
  year: string;
}

interface Topic {
  name: string;
  file: string;
  subjects: string[];
  acts: string[];
  ends: string[];
}

export const TOPICS: Topic[] = [
  {
    name: 'bread, oven',
    file: 'kitchen/bread.md',
    subjects: ['The sourdough starter', 'A wholemeal loaf', 'Rye dough', 'The baker', 'A hot stone oven'],
    acts: ['rises slowly', 'needs a long rest', 'smells faintly of yoghurt', 'turns golden', 'keeps its crust'],
    ends: [
      'when the kitchen is cold',
      'after a night in the fridge',
      'with a pinch of salt',
      'before the market opens',
    ],
  },
  {
    name: 'orbit, telescope',
    file: 'science/astronomy.pdf',
    subjects: [
      'The space telescope',
      'A comet with two tails',
      'Jupiter’s largest moon',
      'The orbiter',
      'A distant galaxy',
    ],
    acts: [
      'crosses the field of view',
      'shows faint rings',
      'loses mass every orbit',
      'was first seen in winter',
      'reflects infrared light',
    ],
    ends: ['far beyond Neptune', 'in the latest exposure', 'as the star dims', 'during the eclipse'],
  },
  {
    name: 'river, bank',
    file: 'places/rivers.md',
    subjects: ['The river bank', 'A heron', 'The old ferry', 'Flood water', 'A muddy towpath'],
    acts: [
      'gives way',
      'waits in the shallows',
      'crosses at dusk',
      'carries silt to the meadow',
      'bends towards the mill',
    ],
    ends: ['after three days of rain', 'below the weir', 'near the willow trees', 'on a still morning'],
  },
  {
    name: 'loan, bank',
    file: 'money/banking.csv',
    subjects: ['The bank', 'A fixed-rate loan', 'The savings account', 'A card payment', 'The mortgage adviser'],
    acts: [
      'charges a small fee',
      'was declined twice',
      'pays interest monthly',
      'asks for a deposit',
      'changed its terms',
    ],
    ends: [
      'without telling the customer',
      'at the end of the quarter',
      'for amounts above five hundred',
      'after the rate rise',
    ],
  },
  {
    name: 'violin, orchestra',
    file: 'music/concerts.html',
    subjects: ['The string quartet', 'A young violinist', 'The orchestra', 'The second movement', 'An old cello'],
    acts: [
      'plays almost in a whisper',
      'tunes for a long minute',
      'begins with a single note',
      'holds the last chord',
      'answers the piano',
    ],
    ends: ['before the interval', 'in the small hall', 'without a conductor', 'to a silent audience'],
  },
  {
    name: 'goal, match',
    file: 'sport/reports.csv',
    subjects: ['The goalkeeper', 'A late penalty', 'The visiting team', 'Their captain', 'The young striker'],
    acts: ['decides the match', 'saves a low shot', 'scores from a corner', 'leaves the pitch injured', 'presses high'],
    ends: ['in the final minute', 'in front of a full stadium', 'after a long pass', 'for the third time this season'],
  },
  {
    name: 'patient, dose',
    file: 'health/clinic.docx',
    subjects: ['The patient', 'A lower dose', 'The nurse on duty', 'The new vaccine', 'A persistent cough'],
    acts: [
      'responds within a week',
      'reports mild side effects',
      'checks blood pressure',
      'was given twice daily',
      'eases the fever',
    ],
    ends: ['in most adults', 'before discharge', 'compared with placebo', 'during the night shift'],
  },
  {
    name: 'server, deploy',
    file: 'software/runbook.md',
    subjects: ['The build server', 'A failing test', 'The database migration', 'A memory leak', 'The login service'],
    acts: [
      'blocks the release',
      'restarts every hour',
      'times out under load',
      'was rolled back',
      'hides a race condition',
    ],
    ends: ['after the last deploy', 'only on Linux', 'when the cache is empty', 'in the staging cluster'],
  },
  {
    name: 'frost, seedlings',
    file: 'garden/diary.md',
    subjects: ['Tomato seedlings', 'A late frost', 'The compost heap', 'Climbing beans', 'The greenhouse'],
    acts: ['need more light', 'kills the blossom', 'steams in the morning', 'flower early', 'wants watering'],
    ends: ['in the first week of May', 'under the south wall', 'despite the fleece', 'once the soil is warm'],
  },
  {
    name: 'train, platform',
    file: 'travel/trains.jsonl',
    subjects: ['The night train', 'A delayed express', 'Platform four', 'The ticket inspector', 'A sleeper cabin'],
    acts: [
      'leaves without warning',
      'waits at the border',
      'fills with commuters',
      'crosses the mountains',
      'was cancelled again',
    ],
    ends: ['because of snow', 'shortly after midnight', 'on the way to Vienna', 'at the busiest hour'],
  },
  {
    name: 'contract, clause',
    file: 'law/contracts.pdf',
    subjects: ['The second clause', 'A breach of contract', 'The tenant', 'The supplier', 'An arbitration court'],
    acts: [
      'limits liability',
      'was signed without a witness',
      'gives notice in writing',
      'claims damages',
      'decides in private',
    ],
    ends: ['within thirty days', 'under the lease', 'before the hearing', 'unless both parties agree'],
  },
  {
    name: 'voilier, vent',
    file: 'places/marine_fr.txt',
    subjects: ['Le voilier', 'Le vent du nord', 'La marée', 'Un vieux phare', 'Le port'],
    acts: [
      'tourne avant la nuit',
      'pousse les barques',
      'remonte lentement',
      'guide les pêcheurs',
      'sent le sel et la corde',
    ],
    ends: ['au large de la pointe', 'par temps clair', 'depuis trois jours', 'avant la tempête'],
  },
];

export const PICTURES = ['lighthouse', 'sailing boat', 'house', 'tree', 'cat', 'bicycle', 'teapot', 'mountain'];
const STYLES = ['flat', 'line', 'night', 'pastel'];

/** `texts` and `pictures` entries, mixed as files would arrive. */
export function corpus(texts: number, pictures: number, seed = 7): Entry[] {
  const random = new Random(seed);
  const made: Entry[] = [];
  for (let i = 0; i < texts; i++) {
    const topic = Math.floor((i * TOPICS.length) / texts);
    const { file } = TOPICS[topic]!;
    const sentence = (from = TOPICS[topic]!) =>
      `${random.pick(from.subjects)} ${random.pick(from.acts)} ${random.pick(from.ends)}.`;
    const first = sentence();
    // Some texts wander off, as texts do: they lie between the groups.
    const aside = random.next() < 0.25 ? random.pick(TOPICS) : undefined;
    const part = (i % 9) + 1;
    made.push({
      kind: 'text',
      topic,
      title: first.slice(0, -1),
      text: aside ? `${first} ${sentence(aside)}` : random.next() < 0.5 ? `${first} ${sentence()}` : first,
      file,
      place: file.endsWith('.pdf')
        ? `page ${part}, part ${1 + (i % 3)} of 3`
        : file.endsWith('.csv')
          ? `row ${i + 2}`
          : `part ${part} of 9`,
      year: String(2018 + random.below(7)),
    });
  }
  for (let i = 0; i < pictures; i++) {
    const topic = i % PICTURES.length;
    const style = STYLES[Math.floor(i / PICTURES.length) % STYLES.length]!;
    const name = `${PICTURES[topic]!.replace(' ', '-')}-${style}-${String(Math.floor(i / 32) + 1).padStart(2, '0')}.png`;
    made.push({
      kind: 'image',
      topic,
      title: name,
      text: '',
      file: `pictures/${name}`,
      place: '',
      year: String(2018 + random.below(7)),
    });
  }
  return made;
}

const SHAPES: Record<string, string> = {
  lighthouse:
    '<path d="M40 82 45 26h10l5 56z"/><path d="M43 26h14v-8l-7-6-7 6z" fill="#c33"/><path d="M57 21 92 10v24z" fill="#f5d76e" opacity=".7"/>',
  'sailing boat':
    '<path d="M18 66h64l-10 14H28z"/><path d="M49 14v48H22z" fill="#f4f1e8"/><path d="M53 22v40h22z" fill="#d9482b"/>',
  house:
    '<path d="M24 46h52v36H24z"/><path d="M18 48 50 20l32 28z" fill="#a33c2c"/><path d="M44 60h12v22H44z" fill="#3b2a20"/>',
  tree: '<path d="M46 54h8v30h-8z" fill="#6b4a2f"/><circle cx="50" cy="38" r="24"/>',
  cat: '<path d="M30 80c-6-30 6-44 20-44s26 14 20 44z"/><path d="m32 44-2-20 14 12zM68 44l2-20-14 12z"/><circle cx="43" cy="48" r="3" fill="#fff"/><circle cx="57" cy="48" r="3" fill="#fff"/>',
  bicycle:
    '<g fill="none" stroke-width="4"><circle cx="28" cy="64" r="16" stroke="currentColor"/><circle cx="72" cy="64" r="16" stroke="currentColor"/><path d="m28 64 14-28h22l8 28M42 36l8 28h22M36 36h12" stroke="currentColor"/></g>',
  teapot:
    '<path d="M30 42h38c8 24-2 38-19 38S22 66 30 42z"/><path d="M68 48c18-6 18 24 0 22M30 52 14 40" fill="none" stroke="currentColor" stroke-width="5"/><circle cx="49" cy="36" r="5"/>',
  mountain: '<path d="m8 82 30-52 18 30 10-14 26 36z"/><path d="m38 30 9 16-9 5-9-5z" fill="#fff"/>',
};
const GROUNDS: Record<string, [string, string]> = {
  flat: ['#9fd3e6', '#2f6f4f'],
  line: ['#f6f4ee', '#2b2f36'],
  night: ['#1c2440', '#6a7ec2'],
  pastel: ['#f6d9d5', '#7fa08a'],
};

/** The picture itself, as a data address. */
export function drawing(entry: Entry): string {
  const style = Object.keys(GROUNDS).find((name) => entry.title.includes(`-${name}-`)) ?? 'flat';
  const [ground, ink] = GROUNDS[style]!;
  const shape = SHAPES[PICTURES[entry.topic]!]!;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="256" height="256" color="${ink}" fill="${ink}"><rect width="100" height="100" fill="${ground}"/>${shape}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Metadata columns, as if the files had them: few numbers, many, dates, and more names than there are colours. */
export const COLUMNS = ['year', 'letters', 'written', 'shelf'];

export function valueOf({ year, text, title }: Entry, column: string): string {
  const letters = (text || title).length;
  if (column === 'year') return year;
  if (column === 'letters') return String(letters);
  if (column === 'shelf') return `shelf ${'ABCDEFGH'[letters % 8]}${1 + (title.length % 5)}`;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${year}-${two(1 + (letters % 12))}-${two(1 + (letters % 28))}`;
}
