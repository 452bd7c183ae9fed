/** English: a file for each room of the window. */
export * as actions from './en/actions';
export * as compare from './en/compare';
export * as components from './en/components';
export * as exporting from './en/exporting';
export * as map from './en/map';
export * as models from './en/models';
export * as plan from './en/plan';
export * as shared from './en/shared';
export * as state from './en/state';
export * as table from './en/table';
export * as window from './en/window';
export * as workspace from './en/workspace';

/** The engine says what it says in English. */
export const engine = null;
