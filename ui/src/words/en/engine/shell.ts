/** What the engine says, by source. Made by `npm run words`, and never changed by hand. */
export const shell = [
  // clipboard.rs
  'Nothing could be put on the clipboard: {problem}',
  'Export it to a file instead.',
  // commands.rs
  'The program made a mistake while answering',
  'Please try again; if it happens again, report what you did.',
  'A picture comes as bytes',
  // commands/figured.rs
  'A figure comes as the bytes of an SVG',
  'The original could not be opened',
  'This computer names no program that opens such files.',
  // commands/kept.rs
  'The folder could not be shown',
  'This computer names no program that opens folders.',
  // commands/opened.rs
  'The page of the new version could not be opened',
  'It is at {page}.',
  'the window keeps its size of letters',
  // feed.rs
  'the page does not listen',
  // main.rs
  'the window could not be opened',
  // menus.rs
  'The menus could not be made: {problem}',
  'Everything can be found with Ctrl K as well.',
  'Shift',
] as const;
