/**
 * The host behind a Tauri window. The only file that may import `@tauri-apps`.
 *
 * Method names become command names in snake case. All that comes from the host, errors and events included, is heard first, which
 * puts the engine's sentences into the language of the page. Deliberately absent: state, caching and retrying.
 */
import * as host from '@tauri-apps/api/core';
import { hear } from '../words/hear';
import type { Backend, Drawn } from './backend';
import { packed } from './items';
import type { Event } from './wire/Event';

const invoke = <T>(...asked: Parameters<typeof host.invoke>): Promise<T> =>
  host.invoke<T>(...asked).then(hear<T>, (error: unknown) => Promise.reject(hear(error)));

/** A figure may be long: it travels as bytes, what is wanted of it beside them. */
const drawn = ({ svg, format, scale }: Drawn) =>
  [new TextEncoder().encode(svg), { headers: { format, scale: String(scale) } }] as const;

export function tauriBackend(): Backend {
  return {
    connect(listener) {
      const events = new host.Channel<Event>((event) => listener.onEvent(hear(event)));
      const frames = new host.Channel<ArrayBuffer>((frame) => listener.onFrame(frame));
      return invoke('connect', { events, frames });
    },

    openFiles: () => invoke('open_files'),
    openFolder: () => invoke('open_folder'),
    planSample: () => invoke('plan_sample'),
    stopLooking: () => invoke('stop_looking'),
    planPastedText: (text) => invoke('plan_pasted_text', { text }),
    planPastedPicture: (bytes) => invoke('plan_pasted_picture', bytes),
    previewImport: (request) => invoke('preview_import', { request }),
    lookAtTable: (plan, name, table) => invoke('look_at_table', { plan, name, table }),
    startImport: (request) => invoke('start_import', { request }),
    startEmbedding: (model) => invoke('start_embedding', { model }),
    startProjection: (request) => invoke('start_projection', { request }),
    startFetch: (model) => invoke('start_fetch', { model }),
    startCombining: (request) => invoke('start_combining', { request }),
    startClustering: (request) => invoke('start_clustering', { request }),
    showLayer: (set, layer) => invoke('show_layer', { set, layer }),
    cancelJob: (job) => invoke('cancel_job', { job }),
    pauseJob: (job, paused) => invoke('pause_job', { job, paused }),
    steerMap: (request) => invoke('steer_map', { request }),
    settleMap: (map) => invoke('settle_map', { map }),
    goOnWithMap: (map, steps) => invoke('go_on_with_map', { map, steps }),
    layoutDrawn: (map) => invoke('layout_drawn', { map }),
    stopWatching: (id) => invoke('stop_watching', { id }),

    getKeeping: () => invoke('get_keeping'),
    listRuns: () => invoke('list_runs'),
    repeatRun: (run) => invoke('repeat_run', { run }),
    startCheck: () => invoke('start_check'),
    startCompact: () => invoke('start_compact'),
    getCheck: (job) => invoke('get_check', { job }),
    mendWorkspace: () => invoke('mend_workspace'),
    forgetItems: (items) => invoke('forget_items', { items: packed(items) }),
    forgetCollection: (collection) => invoke('forget_collection', { collection }),
    forgetMap: (map) => invoke('forget_map', { map }),
    clearWorkspace: () => invoke('clear_workspace'),
    findOriginal: (item, folder) => invoke('find_original', { item, folder }),
    startExport: (request) => invoke('start_export', { request }),
    writeFigure: (figure) => invoke('write_figure', ...drawn(figure)),
    copyFigure: (figure) => invoke('copy_figure', ...drawn(figure)),
    copyItems: (items, as) => invoke('copy_items', { items: packed(items), copyAs: as }),
    writeDiagnosis: () => invoke('write_diagnosis'),
    openSource: (item) => invoke('open_source', { item }),
    showInFolder: (shown) => invoke('show_in_folder', { shown }),

    searchHub: (words) => invoke('search_hub', { words }),
    inspectModel: (model) => invoke('inspect_model', { model }),
    recommendModels: (request) => invoke('recommend_models', { request }),
    removeModel: (model) => invoke('remove_model', { model }),
    addModelFolder: () => invoke('add_model_folder'),
    unloadModel: (model) => invoke('unload_model', { model }),
    listProviders: () => invoke('list_providers'),
    allowProvider: (name, allowed) => invoke('allow_provider', { name, allowed }),
    keepKey: (name, key) => invoke('keep_key', { name, key }),
    getHub: () => invoke('get_hub'),
    setMirror: (mirror) => invoke('set_mirror', { mirror }),
    keepToken: (token) => invoke('keep_token', { token }),
    getSending: (model) => invoke('get_sending', { model }),

    openWorkspace: () => invoke('open_workspace'),
    newWorkspace: () => invoke('new_workspace'),
    openRecent: (number, readOnly) => invoke('open_recent', { number, readOnly }),
    openRefused: (readOnly) => invoke('open_refused', { readOnly }),
    mendRefused: () => invoke('mend_refused'),
    forgetRecent: (number) => invoke('forget_recent', { number }),
    setMenus: (menus) => invoke('set_menus', { menus }),
    setNotices: (notices) => invoke('set_notices', { notices }),
    setTheme: (theme) => invoke('set_theme', { theme }),
    keepLook: (look) => invoke('keep_look', { look }),
    setZoom: (zoom) => invoke('set_zoom', { zoom }),
    setAskForReleases: (wanted) => invoke('set_ask_for_releases', { wanted }),
    newerVersion: () => invoke('newer_version'),
    lookForRelease: () => invoke('look_for_release'),
    openRelease: () => invoke('open_release'),

    getRows: (set) => invoke('get_rows', { set }),
    getPositions: (map, alignedTo) => invoke('get_positions', { map, alignedTo: alignedTo ?? null }),
    getColours: (set, by) => invoke('get_colours', { set, by }),
    getMatrix: (set, items, limit) => invoke('get_matrix', { set, items: items && packed(items), limit }),
    getOverlap: (request) => invoke('get_overlap', { request }),
    getDifference: (a, b, items, limit) => invoke('get_difference', { a, b, items: items && packed(items), limit }),
    selectLasso: (request) => invoke('select_lasso', { request }),

    getListing: (request) => invoke('get_listing', { request }),
    getSelection: (name) => invoke('get_selection', { name }),
    getTagged: (tag) => invoke('get_tagged', { tag }),
    setTag: (request) => invoke('set_tag', { request }),
    growSelection: (set, items, k) => invoke('grow_selection', { set, items: packed(items), k }),
    saveSelection: (name, items) => invoke('save_selection', { name, items: packed(items) }),
    renameSelection: (name, to) => invoke('rename_selection', { name, to }),
    forgetSelection: (name) => invoke('forget_selection', { name }),
    getSpecial: (request) => invoke('get_special', { request }),
    reckon: (request) => invoke('reckon', { request }),
    getSpread: (request) => invoke('get_spread', { request }),

    getItem: (item) => invoke('get_item', { item }),
    listItems: (items) => invoke('list_items', { items: packed(items) }),
    getNeighbours: (set, item, k) => invoke('get_neighbours', { set, item, k }),
    getHealth: (set) => invoke('get_health', { set }),
    getMemory: () => invoke('get_memory'),
    search: (request) => invoke('search', { request }),
    compare: (request) => invoke('compare', { request }),
    startBench: (models) => invoke('start_bench', { models }),
    getSpeeds: (job) => invoke('get_speeds', { job }),
    startEvaluation: (request) => invoke('start_evaluation', { request }),
    startTest: (task, models, folder) => invoke('start_test', { task, models, folder }),
    nextQuestion: (sets) => invoke('next_question', { sets }),
    answerQuestion: (request) => invoke('answer_question', { request }),
    takeBackAnswer: () => invoke('take_back_answer'),
    countJudgements: () => invoke('count_judgements'),
    getMove: (model) => invoke('get_move', { model }),
    useSet: (set) => invoke('use_set', { set }),
    getEvaluations: (job) => invoke('get_evaluations', { job }),
    writeEvaluations: (job, ending) => invoke('write_evaluations', { job, ending }),
    explain: (text, model) => invoke('explain', { text, model }),

    thumbnailUrl: (item, opening) => host.convertFileSrc(`${opening}-${item}`, 'thumb'),
  };
}
