// live.js - one stream of server-sent events for the whole page; its topics follow what is shown.
//
// Rows are arrays (see docs/rest-api.md, "Streams"); they become signals, one per DAG, so that only
// what changed is drawn again.
import { batch, signal } from '@preact/signals';
import { get, query } from './api.js';

/**
 * @typedef {object} LiveRow a DAG's counters; null where unknown
 * @property {string} name
 * @property {string} state
 * @property {number | null} inRate
 * @property {number | null} outRate
 * @property {number | null} queue
 * @property {number | null} errors
 */

/** Whether the stream stands; "" while it never did. */
export const streamState = signal(/** @type {'' | 'open' | 'lost' | 'paused'} */ (''));
/** When the newest counters came, milliseconds since 1970. */
export const asOf = signal(0);
/** Counts changes of the catalogue: lists are fetched again. */
export const catalogueChanges = signal(0);
/** The last notice of the server for people. */
export const notice = signal('');
/** Lines of the log, newest last, while the topic `log` is on. */
export const logLines = signal(/** @type {any[]} */ ([]));

const LOG_LINES_MAX = 1000;

/** @type {Map<string, import('@preact/signals').Signal<LiveRow | null>>} */
const rows = new Map();
/** @type {Map<string, import('@preact/signals').Signal<any>>} */
const dags = new Map();
/** @type {Map<string, number>} topic -> users of it */
const wanted = new Map();
/** @type {EventSource | null} */
let stream = null;
/** @type {string} */
let streamTopics = '';
/** @type {any} */
let timer = null;
let failures = 0;

/** The counters of a DAG in lists. @param {string} name */
export function liveRow(name) {
  let row = rows.get(name);

  if (!row) rows.set(name, (row = signal(/** @type {LiveRow | null} */ (null))));
  return row;
}

/** Everything live of one DAG: {dag, nodes: Map, edges: Map, subscribers: Map, publishers: Map}. @param {string} name */
export function liveDag(name) {
  let dag = dags.get(name);

  if (!dag) dags.set(name, (dag = signal(/** @type {any} */ (null))));
  return dag;
}

/** Wants a topic until the returned function is called. @param {string} topic */
export function subscribe(topic) {
  wanted.set(topic, (wanted.get(topic) ?? 0) + 1);
  schedule(0);
  return () => {
    const left = (wanted.get(topic) ?? 1) - 1;

    if (left) wanted.set(topic, left);
    else wanted.delete(topic);
    schedule(200);
  };
}

/** Holds the stream still, so that numbers can be read. @param {boolean} value */
export function pause(value) {
  if (value) {
    close();
    streamState.value = 'paused';
  } else {
    streamState.value = 'lost';
    schedule(0);
  }
}

/** Nobody is signed in any more. */
export function stopLive() {
  close();
  streamState.value = '';
}

function close() {
  clearTimeout(timer);
  stream?.close();
  stream = null;
  streamTopics = '';
}

/** @param {number} delay milliseconds */
function schedule(delay) {
  clearTimeout(timer);
  if (streamState.value !== 'paused') timer = setTimeout(connect, delay);
}

function connect() {
  const topics = [...wanted.keys()].sort().join(',');

  if (topics === streamTopics && stream && stream.readyState !== EventSource.CLOSED) return;
  close();
  if (!topics) return;
  streamTopics = topics;
  stream = new EventSource(`/api/v1/events${query({ topics })}`);
  stream.onopen = () => {
    failures = 0;
    streamState.value = 'open';
  };
  stream.onerror = () => {
    streamState.value = 'lost';
    /* a browser doesn't try again after a status that isn't 200; jitter keeps all from coming at once */
    if (stream?.readyState === EventSource.CLOSED) again();
  };
  for (const kind of ['snapshot', 'delta', 'catalogue', 'state', 'error', 'notice', 'bye', 'log'])
    stream.addEventListener(kind, (event) => take(kind, /** @type {MessageEvent} */ (event).data));
}

/** Connects again later; whoever is signed out finds out by asking. */
function again() {
  close();
  failures++;
  schedule(Math.min(30000, 1000 * 2 ** failures) * (0.5 + Math.random()));
  get('/me').catch(() => {});
}

/** @param {string} kind @param {string} text */
function take(kind, text) {
  let data;

  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    return;
  }
  batch(() => {
    if (kind === 'snapshot' || kind === 'delta') takeTopic(kind === 'snapshot', data.topic, data.data);
    else if (kind === 'state' || kind === 'catalogue') catalogueChanges.value++;
    else if (kind === 'notice') notice.value = data.text ?? '';
    else if (kind === 'log') logLines.value = [...logLines.value, data].slice(-LOG_LINES_MAX);
    else if (kind === 'bye') {
      streamState.value = 'lost';
      again();
    }
  });
}

/** @param {boolean} isSnapshot @param {string} topic @param {any} data */
function takeTopic(isSnapshot, topic, data) {
  asOf.value = Date.now();
  if (!data) return;
  if (topic === 'log') logLines.value = data;
  else if (topic === 'dags') takeRows(isSnapshot, data);
  else if (topic.startsWith('dag:')) takeDag(isSnapshot, topic.slice(4), data);
}

/** @param {any[]} row @returns {LiveRow} */
function rowOf(row) {
  return { name: row[0], state: row[1], inRate: row[2], outRate: row[3], queue: row[4], errors: row[5] };
}

/** @param {boolean} isSnapshot @param {any} data */
function takeRows(isSnapshot, data) {
  const seen = new Set();
  let changed = false;

  for (const item of data.dags) {
    const row = liveRow(item[0]);

    changed ||= !row.peek() || row.peek()?.state !== item[1];
    row.value = rowOf(item);
    seen.add(item[0]);
  }
  for (const name of data.gone ?? []) {
    rows.get(name) && (liveRow(name).value = null);
    changed = true;
  }
  if (isSnapshot) for (const [name, row] of rows) if (!seen.has(name)) row.value = null;
  if (changed) catalogueChanges.value++;
}

/** Merges rows of arrays into a map by their first element. @param {Map<string, any[]> | undefined} old @param {any[][] | undefined} items */
function merged(old, items) {
  const map = new Map(old);

  for (const item of items ?? []) map.set(item[0], item);
  return map;
}

/** @param {boolean} isSnapshot @param {string} name @param {any} data */
function takeDag(isSnapshot, name, data) {
  const dag = liveDag(name);
  const old = isSnapshot ? null : dag.peek();

  dag.value = {
    row: data.dag ? rowOf(data.dag) : old?.row,
    nodes: merged(old?.nodes, data.nodes),
    edges: merged(old?.edges, data.edges),
    subscribers: merged(old?.subscribers, data.subscribers),
    publishers: merged(old?.publishers, data.publishers),
  };
}
