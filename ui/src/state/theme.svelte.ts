/** Light, dark, or as the system says; and the tokens that the plot draws with, read from the one file of tokens. */
import type { PlotTheme } from '../plot/props';
import type { Theme as ThemeChoice } from '../backend/wire/Theme';

export type { ThemeChoice };

export class Theme {
  choice = $state<ThemeChoice>('system');
  private systemDark = $state(false);
  reducedMotion = $state(false);
  dark = $derived(this.choice === 'dark' || (this.choice === 'system' && this.systemDark));
  plot: PlotTheme = $derived(readTokens(this.dark));

  constructor(private readonly keep: (choice: ThemeChoice) => void) {}

  /** Follows the system from here on. */
  follow(): void {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const read = () => {
      this.systemDark = dark.matches;
      this.reducedMotion = still.matches;
    };
    read();
    dark.addEventListener('change', read);
    still.addEventListener('change', read);
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    this.keep(choice);
  }
}

function readTokens(dark: boolean): PlotTheme {
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  return tokensOf(document.documentElement, dark);
}

/** The tokens of paper, whatever the window's are: light, on its canvas or on white. */
export function paperTokens(white: boolean): PlotTheme {
  const paper = document.createElement('div');
  paper.className = 'paper';
  paper.hidden = true;
  document.body.append(paper);
  const tokens = tokensOf(paper, false);
  const ground = white ? getComputedStyle(paper).getPropertyValue('--surface').trim() : tokens.canvas;
  paper.remove();
  return { ...tokens, canvas: ground };
}

function tokensOf(element: Element, dark: boolean): PlotTheme {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    dark,
    canvas: token('--canvas'),
    text: token('--text'),
    secondary: token('--secondary'),
    accent: token('--accent'),
    query: token('--query'),
    unselected: token('--unselected'),
    font: token('--font'),
  };
}
