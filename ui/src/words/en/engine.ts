/**
 * What the engine says in sentences, as it says them: each is its own name, with holes for what stands in it. The lists are made from the
 * sources by `npm run words`; a translation gives for every sentence what it is there. English needs
 * none of it, so that only their type is part of the program.
 */
import { api } from './engine/api';
import { engine as itself } from './engine/engine';
import { models } from './engine/models';
import { shell } from './engine/shell';
import { sources } from './engine/sources';
import { space } from './engine/space';
import { workspace } from './engine/workspace';

export const engine = [...api, ...itself, ...models, ...shell, ...sources, ...space, ...workspace] as const;
