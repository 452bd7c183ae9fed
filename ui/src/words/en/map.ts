/** What the map's room says: the stage with its cards, the rail of what there is, the rail under the lens. */
export * from './map/lens';
export * from './map/library';
export * from './map/making';
export * from './map/stage';
