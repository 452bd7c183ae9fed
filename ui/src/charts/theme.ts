/** The tokens a chart draws with, read from the interface's one file of tokens. Colours are `#rrggbb`. */
export interface ChartTheme {
  dark: boolean;
  canvas: string;
  text: string;
  secondary: string;
  accent: string;
  /** A CSS font family, as in `"Inter Variable", sans-serif`. */
  font: string;
}
