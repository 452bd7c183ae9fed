/**
 * What the program is built on: every library that ships, and the texts of its licence. `make licences` writes the file, which is read when
 * it is first asked for.
 */

export interface Library {
  name: string;
  version: string;
  /** An SPDX expression. */
  licence: string;
  /** The registry it is from, or what it comes inside of. */
  from: string;
  /** Whose it is; only where it brings no text, so that the standard ones stand here. */
  by?: string[];
  /** What each text is called, and its number. */
  texts: [name: string, text: number][];
}

/** Texts are numbers of paragraphs: most licences are the same but for a line of copyright. */
interface File {
  libraries: Library[];
  texts: number[][];
  paragraphs: string[];
}

export class BuiltOn {
  readonly libraries: Library[];
  /** How many licences there are, whatever they are joined to. */
  readonly licences: number;

  constructor(private readonly file: File) {
    this.libraries = file.libraries;
    this.licences = new Set(
      file.libraries.flatMap(({ licence }) => licence.split(/ (?:AND|OR) |[()]/)).filter(Boolean),
    ).size;
  }

  /** Those whose name or licence holds every word. */
  find(sought: string): Library[] {
    const wanted = sought.toLowerCase().split(/\s+/);
    return this.libraries.filter(({ name, licence }) => {
      const said = `${name} ${licence}`.toLowerCase();
      return wanted.every((word) => said.includes(word));
    });
  }

  /** The texts of a library, each with its name and in paragraphs. */
  read({ texts }: Library): { name: string; paragraphs: string[] }[] {
    return texts.map(([name, text]) => ({
      name,
      paragraphs: this.file.texts[text]!.map((paragraph) => this.file.paragraphs[paragraph]!),
    }));
  }

  /** All that is known of a library, as a text of its own. */
  write(library: Library): string {
    const { name, version, licence } = library;
    const texts = this.read(library).map((text) => [text.name, ...text.paragraphs].join('\n\n'));
    return [[`${name} ${version}`, licence, source(library)].filter(Boolean).join('\n'), ...texts].join('\n\n') + '\n';
  }
}

/** Where its sources are; null for what comes inside something else. */
export function source({ name, version, from }: Library): string | null {
  if (from === 'crates.io') return `https://crates.io/crates/${name}/${version}`;
  return from === 'npm' ? `https://www.npmjs.com/package/${name}/v/${version}` : null;
}

export const load = async () => new BuiltOn(JSON.parse((await import('./licences.json?raw')).default) as File);
