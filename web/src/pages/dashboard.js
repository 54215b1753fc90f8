// dashboard.js - all DAGs: totals, what needs attention first, and the table with its actions.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, query } from '../app/api.js';
import { UNKNOWN, duration, short, windowTime } from '../app/format.js';
import { html } from '../app/html.js';
import { asOf, catalogueChanges, liveRow, streamState } from '../app/live.js';
import { go, place, setQuery } from '../app/router.js';
import { isAdmin, isOperator } from '../app/store.js';
import { text } from '../app/text.js';
import { act, actOnMany, actionItems, mayDo } from '../parts/actions.js';
import { SearchField, Segmented, Select } from '../parts/field.js';
import { Gauge, Spark } from '../parts/gauge.js';
import { Glyph, Icon, StateBadge, shapeOf } from '../parts/icon.js';
import { Menu } from '../parts/menu.js';
import { Empty, Failed, Skeleton, useFetch } from '../parts/states.js';
import { Pager, Table } from '../parts/table.js';

const PAGE = 50;
const words = text.dashboard;

const STATES = ['running', 'starting', 'suspended', 'stopping', 'stopped', 'ended', 'standby', 'failed', 'invalid'];

/** States that are counted together. @type {{ key: string, states: string[] }[]} */
const groups = [
  { key: 'running', states: ['running', 'starting'] },
  { key: 'suspended', states: ['suspended'] },
  { key: 'stopped', states: ['stopped', 'stopping', 'ended', 'standby'] },
  { key: 'failed', states: ['failed', 'invalid'] },
];

/** @param {Record<string, number>} states @param {string} key */
function countOf(states, key) {
  return groups.find((group) => group.key === key)?.states.reduce((sum, state) => sum + (states[state] ?? 0), 0) ?? 0;
}

function LiveMark() {
  const state = streamState.value;

  return html`<span class="live ${state === 'open' ? '' : 'live--lost'}"><${Icon} name="tap" small />${text.live[state || 'lost']}</span>`;
}

/** @param {{ states: Record<string, number>, total: number }} props */
function StateTile({ states, total }) {
  let x = 0;
  const shares = groups.map((group) => ({ key: group.key, count: countOf(states, group.key) })).filter((share) => share.count > 0);
  const label = shares.map((share) => `${share.count} ${text.states[share.key]}`).join(', ');

  return html`<section class="stat" aria-label=${words.states}>
    <h2 class="stat-label">${words.total(total)}</h2>
    <div class="state-bar" role="img" aria-label=${label || words.total(0)}>
      <svg aria-hidden="true">
        ${shares.map((share) => {
          const width = (share.count / Math.max(1, total)) * 100;
          const at = x;

          x += width;
          return html`<rect class="part-${share.key}" x="${at}%" y="1" width="calc(${width}% - 3px)" height="8" />`;
        })}
      </svg>
    </div>
    <div class="state-key">
      ${groups.map((group) => html`<span><span class="tone-${group.key}"><${Glyph} name=${group.key} /></span><b>${countOf(states, group.key)}</b> ${text.states[group.key]}</span>`)}
    </div>
  </section>`;
}

/** @param {{ label: string, value: string, unit?: string, note?: any, children?: any, tone?: string }} props */
function Tile({ label, value, unit, note, children, tone }) {
  return html`<section class="stat">
    <h2 class="stat-label">${label}</h2>
    <div class="stat-line"><div class="stat-value ${tone ?? ''}">${value}${unit && html`<small>${unit}</small>`}</div>${children}</div>
    <div class="stat-note">${note}</div>
  </section>`;
}

/** @param {{ totals: any, history: any }} props */
function Totals({ totals, history }) {
  return html`<div class="panel stats">
    <${StateTile} states=${totals.states} total=${totals.dags} />
    <${Tile} label=${words.in} value=${short(totals.in_rate)} unit="/s"><${Spark} values=${history.in} width=${92} height=${32} /><//>
    <${Tile} label=${words.out} value=${short(totals.out_rate)} unit="/s"><${Spark} values=${history.out} width=${92} height=${32} /><//>
    <${Tile} label=${words.errors} value=${short(totals.errors)} tone=${totals.errors > 0 ? 'text-failed' : ''} note=${totals.errors > 0 ? '' : words.noErrors} />
    <${Tile}
      label=${words.fullest}
      value=${totals.queue_fill === null ? UNKNOWN : String(Math.round(totals.queue_fill * 100))}
      unit=${totals.queue_fill === null ? '' : '%'}
      note=${totals.queue > 0 ? words.waiting(short(totals.queue)) : words.noQueue}
    ><${Gauge} fill=${totals.queue_fill} wide bare /><//>
  </div>`;
}

/** @type {Record<string, { glyph: string, tone: string, word: string, class: string }>} */
const troubles = {
  failed: { glyph: 'failed', tone: 'failed', word: words.troubles.failed, class: 'text-failed' },
  invalid: { glyph: 'failed', tone: 'failed', word: words.troubles.invalid, class: 'text-failed' },
  queue_full: { glyph: 'full', tone: 'full', word: words.troubles.queue_full, class: 'text-full' },
  errors: { glyph: 'warning', tone: 'warning', word: words.troubles.errors, class: 'text-warning' },
  starting: { glyph: 'waiting', tone: 'waiting', word: words.troubles.starting, class: '' },
};

/** @param {{ items: any[], reload: () => void }} props */
function Attention({ items, reload }) {
  if (items.length === 0) return null;
  return html`<section class="panel attention" aria-labelledby="attention">
    <header class="panel-head"><h2 id="attention">${words.attention}</h2><span class="count-pill count-pill--failed">${items.length}</span></header>
    <ul>
      ${items.map((item) => {
        const trouble = troubles[item.what] ?? troubles.errors;
        const action = item.what === 'failed' ? 'restart' : item.what === 'queue_full' ? 'suspend' : null;

        return html`<li key=${`${item.dag} ${item.what}`}>
          <span class="tone-${trouble.tone}"><${Glyph} name=${trouble.glyph} /></span>
          <a class="dag-link truncate" href=${`/dags/${item.dag}`} title=${item.dag}>${item.dag}</a>
          <div class="what"><b class=${trouble.class}>${trouble.word}</b><span class="truncate" title=${item.detail}>${item.detail}</span></div>
          <span class="since">${item.since ? words.since(duration((Date.now() - Date.parse(item.since)) / 1000)) : ''}</span>
          <div class="button-row">
            <a class="button button--small" href=${`/dags/${item.dag}`} aria-label=${`${text.common.open} ${item.dag}`}>${text.common.open}</a>
            ${action && isOperator.value && html`<button class="button button--small hide-phone" type="button" aria-label=${`${text.actions[action]} ${item.dag}`} onClick=${() => act(action, item.dag).then(reload)}><${Icon} name=${action} small />${text.actions[action]}</button>`}
          </div>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** The counters of a row, from the stream where it has them. @param {any} dag */
function numbers(dag) {
  const live = liveRow(dag.name).value;

  return {
    state: live?.state ?? dag.state,
    in: live?.inRate ?? dag.in_rate,
    out: live?.outRate ?? dag.out_rate,
    queue: live?.queue ?? dag.queue,
    errors: live?.errors ?? dag.errors,
    isActive: dag.is_running,
  };
}

/** Cells that follow the stream draw themselves alone. @param {{ dag: any, field: 'in' | 'out' | 'queue' | 'errors' }} props */
function LiveNumber({ dag, field }) {
  const all = numbers(dag);
  const value = all.isActive || all[field] > 0 ? all[field] : null;

  if (field === 'errors' && value > 0) return html`<span class="text-failed">${short(value)}</span>`;
  return html`<span class=${value ? '' : 'zero'}>${short(value)}</span>`;
}

/** @param {{ dag: any }} props */
function LiveState({ dag }) {
  const { state } = numbers(dag);
  const isOutside = state === 'suspended' && !dag.in_time_window && dag.next_change;

  return isOutside
    ? html`<span title=${dag.reason ?? ''}><${StateBadge} state="waiting" word=${words.opens(dag.next_change)} /></span>`
    : html`<span title=${dag.reason ?? ''}><${StateBadge} state=${state} /></span>`;
}

/** "09:00–17:30", "always". @param {any} dag */
export function windowOf(dag) {
  if (!dag.start_time) return text.common.always;
  return dag.duration ? words.windowFor(windowTime(dag.start_time), dag.duration) : `${windowTime(dag.start_time)}–${windowTime(dag.end_time)}`;
}

/** @param {() => void} reload @returns {import('../parts/table.js').Column[]} */
function columns(reload) {
  return [
    { key: 'name', label: words.columns.name, sort: 'name', bare: true, cell: (dag) => html`<span class="cell-name"><a class="dag-link" href=${`/dags/${dag.name}`} title=${dag.name}>${dag.name}</a>${dag.reason && shapeOf(dag.state) === 'running' && html`<span class="tone-warning" title=${dag.reason}><${Glyph} name="warning" label=${dag.reason} /></span>`}</span>` },
    { key: 'state', label: words.columns.state, sort: 'state', bare: true, cell: (dag) => html`<${LiveState} dag=${dag} />` },
    { key: 'window', label: words.columns.window, cell: (dag) => html`<span class="muted">${windowOf(dag)}</span>` },
    { key: 'in', label: words.columns.in, number: true, sort: 'in_rate', cell: (dag) => html`<${LiveNumber} dag=${dag} field="in" />` },
    { key: 'out', label: words.columns.out, number: true, cell: (dag) => html`<${LiveNumber} dag=${dag} field="out" />` },
    { key: 'queue', label: words.columns.queue, number: true, cell: (dag) => (dag.queue_fill === null ? html`<${LiveNumber} dag=${dag} field="queue" />` : html`<${Gauge} fill=${dag.queue_fill} />`) },
    { key: 'errors', label: words.columns.errors, number: true, sort: 'errors', cell: (dag) => html`<${LiveNumber} dag=${dag} field="errors" />` },
    { key: 'spark', label: words.columns.spark, number: true, bare: true, cell: (dag) => html`<${Spark} values=${dag.last_hour} tone=${shapeOf(dag.state) === 'failed' ? 'failed' : ''} />` },
    { key: 'more', label: '', number: true, bare: true, cell: (dag) => html`<${Menu} label=${words.moreActions(dag.name)} icon="more" quiet small items=${actionItems(dag, reload)} />` },
  ];
}

/** @param {{ selected: Set<string>, items: any[], done: () => void }} props */
function Bulk({ selected, items, done }) {
  const chosen = items.filter((dag) => selected.has(dag.name));

  return html`<div class="bulk" role="group" aria-label=${words.selected(selected.size)}>
    <b>${words.selected(selected.size)}</b>
    ${['start', 'stop', 'suspend', 'resume'].map((action) => {
      const isPossible = chosen.some((dag) => mayDo(action, dag) === '');

      return html`<button class="button button--small" type="button" disabled=${!isPossible} onClick=${() => actOnMany(action, [...selected], done)}><${Icon} name=${action === 'resume' ? 'start' : action} small />${text.actions[action]}</button>`;
    })}
    ${isAdmin.value && html`<hr /><button class="button button--small button--quiet button--danger" type="button" onClick=${() => actOnMany('delete', [...selected], done)}><${Icon} name="delete" small />${text.actions.delete}</button>`}
  </div>`;
}

function NoDags() {
  return html`<section class="panel">
    <${Empty} title=${words.emptyTitle} detail=${words.emptyDetail}>
      ${isAdmin.value && html`<a class="button button--primary" href="/new"><${Icon} name="add" />${words.create}</a><${Upload} />`}
    <//>
  </section>`;
}

/** Reads a file here and gives it to the editor as a draft: it is validated there before it is saved. */
export function Upload() {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const take = async () => {
    const file = input.current?.files?.[0];

    if (!file) return;
    sessionStorage.setItem('dagd.upload', JSON.stringify({ name: file.name, text: await file.text() }));
    go('/new?from=upload');
  };

  return html`<button class="button hide-phone" type="button" onClick=${() => input.current?.click()}><${Icon} name="upload" />${words.upload}</button>
    <input class="visually-hidden" type="file" accept=".json,application/json" tabindex="-1" aria-hidden="true" ref=${input} onChange=${take} />`;
}

/** The last five minutes of the totals, collected while the page is open. */
const history = { in: /** @type {(number | null)[]} */ ([]), out: /** @type {(number | null)[]} */ ([]) };

/** @param {any} totals */
function remember(totals) {
  for (const key of /** @type {('in' | 'out')[]} */ (['in', 'out'])) history[key] = [...history[key], totals[`${key}_rate`]].slice(-60);
}

export default function Dashboard() {
  const { query: asked } = place.value;
  const filter = { q: asked.get('q') ?? '', state: asked.get('state') ?? '', sort: asked.get('sort') ?? 'name' };
  const [cursors, setCursors] = useState([/** @type {string | null} */ (null)]);
  const [selected, select] = useState(new Set());
  const page = cursors.length - 1;
  const list = useFetch(
    () => get(`/dags${query({ ...filter, limit: PAGE, cursor: cursors[page] })}`),
    [filter.q, filter.state, filter.sort, cursors[page], catalogueChanges.value],
  );
  const totals = useFetch(
    () =>
      get('/totals').then((reply) => {
        remember(reply);
        return reply;
      }),
    [catalogueChanges.value, Math.floor(asOf.value / 5000)],
  );
  const change = (/** @type {Record<string, string>} */ parameters) => {
    setCursors([null]);
    setQuery(parameters);
  };
  const reload = () => {
    list.reload();
    totals.reload();
  };
  const items = list.data?.items ?? [];
  const isEmpty = totals.data?.dags === 0 && !filter.q && !filter.state;

  useEffect(() => select(new Set()), [filter.q, filter.state]);
  return html`<main id="main" class="page page--fill">
    <div class="page-head">
      <h1>${words.title}</h1><span class="hide-phone"><${LiveMark} /></span>
      <span class="spacer"></span>
      ${isAdmin.value && html`<${Upload} /><a class="button button--primary" href="/new"><${Icon} name="add" />${words.create}</a>`}
    </div>
    ${totals.data ? html`<${Totals} totals=${totals.data} history=${history} /><${Attention} items=${totals.data.attention} reload=${reload} />` : totals.error ? html`<section class="panel stats"><${Failed} error=${totals.error} retry=${totals.reload} /></section>` : html`<div class="panel"><${Skeleton} lines=${2} /></div>`}
    ${isEmpty
      ? html`<${NoDags} />`
      : html`<div class="filters">
            <${Segmented}
              label=${words.columns.state}
              value=${filter.state}
              onInput=${(/** @type {string} */ state) => change({ state })}
              options=${[
                { value: '', label: words.all, count: totals.data?.dags },
                ...STATES.filter((state) => totals.data?.states[state] || state === filter.state).map((state) => ({
                  value: state,
                  label: html`<span class="tone-${shapeOf(state)}"><${Glyph} name=${shapeOf(state)} /></span>${text.states[state]}`,
                  count: totals.data?.states[state] ?? 0,
                })),
              ]}
            />
            <${Select} auto label=${words.sort} value=${filter.sort} onInput=${(/** @type {string} */ sort) => change({ sort })} options=${Object.entries(words.sorts).map(([value, label]) => ({ value, label }))} />
            <${SearchField} label=${words.filter} value=${filter.q} onInput=${(/** @type {string} */ q) => change({ q })} />
          </div>
          <div class="panel table-wrap">
            ${list.error && !list.data
              ? html`<${Failed} error=${list.error} retry=${list.reload} />`
              : list.isLoading && !list.data
                ? html`<${Skeleton} lines=${8} />`
                : items.length === 0
                  ? html`<${Empty} title=${words.noMatch}><button class="button" type="button" onClick=${() => change({ q: '', state: '', sort: '' })}>${words.clearFilters}</button><//>`
                  : html`<${Table} class="dags-table" label=${words.title} columns=${columns(reload)} items=${items} keyOf=${(/** @type {any} */ dag) => dag.name} sort=${filter.sort} onSort=${(/** @type {string} */ sort) => change({ sort })} selected=${isOperator.value ? selected : undefined} onSelect=${select} />`}
            <footer class="panel-foot">
              ${selected.size > 0 && html`<${Bulk} selected=${selected} items=${items} done=${() => { select(new Set()); reload(); }} />`}
              <${Pager}
                total=${list.data?.total ?? 0}
                limit=${PAGE}
                page=${page}
                count=${items.length}
                hasNext=${Boolean(list.data?.next_cursor)}
                onPage=${(/** @type {number} */ to) => setCursors(to > page ? [...cursors, list.data.next_cursor] : cursors.slice(0, to + 1))}
              />
            </footer>
          </div>`}
  </main>`;
}
