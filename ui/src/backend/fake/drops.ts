/** What is dragged over a plain browser, told as the shell tells it (src-tauri/src/drops.rs). Deliberately absent: its content. */
import type { FakeHost } from './host';

const ofFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

export function takeDrops(host: FakeHost): void {
  let over = false;
  const hover = (now: boolean) => {
    if (now !== over) host.hover((over = now));
  };
  const on = (kind: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
    window.addEventListener(kind, (event) => ofFiles(event) && act(event));

  on('dragenter', () => hover(true));
  // Only where this is prevented may anything be dropped.
  on('dragover', (event) => event.preventDefault());
  // From one element to the next it stays within the window.
  on('dragleave', (event) => !event.relatedTarget && hover(false));
  on('drop', (event) => {
    event.preventDefault();
    hover(false);
    void host.drop();
  });
}
