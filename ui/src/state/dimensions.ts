/**
 * The shown map with a dimension more or less: the one there is, or one laid out with the same parameters. Deliberately
 * absent: how points flow from one to the other (`plot/`).
 */
import type { MapView } from '../backend/wire/MapView';
import type { ProjectRequest } from '../backend/wire/ProjectRequest';
import { METHOD, words } from '../words';
import type { App } from './app.svelte';

const say = words.state.dimensions;
/** Of principal components, which no chance decides. */
const ANY_SEED = 42;

/** The map of the same set and method in the other dimension: with the same parameters, else the newest. */
export function twinOf(map: MapView, maps: readonly MapView[]): MapView | undefined {
  const { set, method, dims, parameters } = map;
  const others = maps.filter((other) => other.set === set && other.method === method && other.dims !== dims);
  return others.findLast((other) => other.parameters === parameters) ?? others.at(-1);
}

/** What is asked for where there is none. */
export function twinRequest({ set, method, dims, iterations, steering, uniform }: MapView): ProjectRequest {
  const isTsne = method === 'tsne';
  return {
    ...{ set, method, dims: dims === 2 ? 3 : 2, like: null },
    perplexity: steering?.perplexity ?? null,
    uniform: isTsne ? uniform : null,
    iterations: isTsne ? iterations : null,
    neighbours: steering?.neighbours ?? null,
    min_dist: steering?.min_dist ?? null,
    seed: steering?.seed ?? ANY_SEED,
  };
}

/** Why the map that is shown cannot be shown in the other dimension. */
export function noTwin(app: App): string | undefined {
  const { map, set } = app.map;
  if (!map) return undefined;
  if (app.axes.laid?.set === set?.id) return say.along;
  if (twinOf(map, app.workspace.maps)) return undefined;
  if (map.method === 'given') return say.given;
  // Asked for twice it would be laid out twice.
  return app.locked ?? (app.jobs.active.some(({ kind }) => kind === 'project') ? say.busy : undefined);
}

/** Shows the map in the other dimension; where there is none it is laid out, which is said. */
export async function turn(app: App): Promise<void> {
  const { map } = app.map;
  if (!map) return;
  const twin = twinOf(map, app.workspace.maps);
  if (twin) app.chooseMap(twin.id);
  else if ((await app.layOut(twinRequest(map))) !== undefined)
    app.notices.say(say.layingOut(METHOD[map.method], map.dims === 2));
}
