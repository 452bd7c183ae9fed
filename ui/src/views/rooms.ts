/** The views of what was embedded. They are most of the page's script, of which the beginning needs nothing: it stands before they are here. */
export { default as Compare } from './Compare.svelte';
export { default as Map } from './Map.svelte';
export { default as Matrix } from './Matrix.svelte';
export { default as Table } from './Table.svelte';
