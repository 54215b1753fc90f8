// node_drawer.js - one node: facts, chart, errors, settings, input and output, and the tap below.
import { useEffect, useState } from 'preact/hooks';
import { call, get, path, query } from '../app/api.js';
import { UNKNOWN, ago, clock, count, milliseconds, short } from '../app/format.js';
import { html } from '../app/html.js';
import { asOf, liveDag } from '../app/live.js';
import { isOperator } from '../app/store.js';
import { text } from '../app/text.js';
import { complain, tell } from '../app/toast.js';
import { iconOf } from '../graph/model.js';
import { Badge, Icon } from '../parts/icon.js';
import { Json, colored } from '../parts/json.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';
import { SeriesChart } from '../parts/chart.js';
import { openPublish } from './publish.js';

const words = text.drawer;
const SPANS = /** @type {const} */ ({ '5m': 300, '1h': 3600, '24h': 86400 });
const TAP_ROWS_MAX = 200;

/** Errors of one message together, the newest group first. @param {any[]} items */
function grouped(items) {
  /** @type {Map<string, { error: string, code: string, count: number, first: any, last: any }>} */
  const groups = new Map();

  for (const item of items) {
    const key = item.error.replace(/\d+/g, '#');
    const group = groups.get(key);

    if (group) {
      group.count++;
      group.last = item;
    } else groups.set(key, { error: item.error, code: item.code, count: 1, first: item, last: item });
  }
  return [...groups.values()].reverse();
}

/** Two that look the same are one. @param {number} middle @param {number} high microseconds */
function percentiles(middle, high) {
  const [p50, p99] = [milliseconds(middle), milliseconds(high)];

  return p50 === p99 ? p99 : `${p50} / ${p99}`;
}

/** @param {{ items: any[] }} props */
export function ErrorGroups({ items }) {
  const groups = grouped(items);

  if (groups.length === 0) return html`<${Empty} title=${words.noErrors} />`;
  return groups.map(
    (group) => html`<details class="error-group" key=${group.error}>
      <summary><span class="count-pill count-pill--failed">${group.count}</span><code>${group.last.error}</code><${Icon} name="down" small /></summary>
      <p class="error-times">${words.times(clock(group.first.time), clock(group.last.time), count(group.first.cycle), count(group.last.cycle))}</p>
      ${group.last.input && html`<h4 class="muted">${words.inputOfLast}</h4><${Json} source=${pretty(group.last.input)} label=${words.inputOfLast} />`}
    </details>`,
  );
}

/** @param {string} source */
function pretty(source) {
  try {
    return JSON.stringify(JSON.parse(source), null, 2);
  } catch {
    return source;
  }
}

/** @param {{ dag: any, node: any, onClose: () => void, reload: () => void }} props */
export function NodeDrawer({ dag, node, onClose, reload }) {
  const live = liveDag(dag.name).value;
  const row = live?.nodes.get(node.name);
  const [tab, setTab] = useState('errors');
  const [span, setSpan] = useState(/** @type {keyof typeof SPANS} */ ('5m'));
  const [side, setSide] = useState('');
  const now = useFetch(() => get(path`/dags/${dag.name}/nodes/${node.name}`), [dag.name, node.name, Math.floor(asOf.value / 5000)]);
  const errors = row?.[2] ?? Number(node.error_count);
  const shown = now.data ?? node;

  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && !document.querySelector('dialog[open], [role="menu"]') && onClose();

    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const clear = async () => {
    try {
      await call('DELETE', path`/dags/${dag.name}/nodes/${node.name}/errors`);
      tell(words.cleared(node.name));
      now.reload();
      reload();
    } catch (error) {
      complain(words.notCleared, error);
    }
  };
  const fact = (/** @type {string} */ label, /** @type {any} */ value, /** @type {any} */ unit = '') => html`<div><dt>${label}</dt><dd class="value">${value}${unit && html` <small>${unit}</small>`}</dd></div>`;
  const address = node.subscriber ? dag.subscribers[node.subscriber]?.source : node.publishers[0] ? dag.publishers[node.publishers[0]]?.destination : node.calculator ? dag.calculators[node.calculator]?.type : '';

  return html`<aside class="drawer" aria-label=${words.of(node.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${errors > 0 ? 'kind-tile--failed' : ''}"><${Icon} name=${iconOf(`${address ?? ''} ${node.type}`)} /></span>
      <div><h2 class="truncate" title=${node.name}>${node.name}</h2><p class="truncate" title=${address ?? ''}>${node.type}${address ? ` · ${address}` : ''}</p></div>
      ${errors > 0 && html`<${Badge} tone="failed">${words.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${text.common.close} onClick=${onClose}><${Icon} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${isOperator.value &&
      html`<button class="button button--small" type="button" aria-pressed=${side === 'in'} onClick=${() => setSide(side === 'in' ? '' : 'in')}><${Icon} name="tap" small />${words.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${side === 'out'} onClick=${() => setSide(side === 'out' ? '' : 'out')}><${Icon} name="tap" small />${words.tapOut}</button>
        ${node.subscriber && html`<button class="button button--small" type="button" onClick=${() => openPublish(dag.name, node.subscriber)}><${Icon} name="publish" small />${words.publish}</button>`}
        ${errors > 0 && html`<button class="button button--small" type="button" onClick=${clear}><${Icon} name="check" small />${words.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${fact(words.rate, short(row?.[3]), '/s')}
      ${fact(words.queue, short(row?.[4] ?? node.queue_depth), row?.[5] ? words.ofMax(short(row[5])) : '')}
      ${fact(words.errors, html`<span class=${errors > 0 ? 'text-failed' : ''}>${short(errors)}</span>`)}
      ${fact('p50 / p99', row && row[7] !== null ? percentiles(row[6], row[7]) : UNKNOWN, 'ms')}
      ${fact(words.calls, short(row?.[1] ?? node.compute_count))}
      ${fact(words.lastMessage, ago(shown.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${words.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${words.span}>
          ${Object.keys(SPANS).map((key) => html`<button type="button" aria-pressed=${key === span} onClick=${() => setSpan(/** @type {any} */ (key))}>${key}</button>`)}
        </div>
      </div>
      <${SeriesChart} url=${(/** @type {number} */ to) => path`/dags/${dag.name}/metrics` + query({ from: new Date(to - SPANS[span] * 1000).toISOString(), to: new Date(to).toISOString(), node: node.name })} lines=${['in']} every=${span === '5m' ? 2000 : 15000} height=${120} label=${words.chart(node.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${words.views}>
      ${['errors', 'messages', 'settings'].map((key) => html`<button type="button" role="tab" aria-selected=${key === tab} onClick=${() => setTab(key)}>${words.tabs[key]}${key === 'errors' && errors > 0 && html`<span class="count-pill count-pill--failed">${short(errors)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${words.tabs[tab]}>
      <${Loaded} of=${now}>
        ${(/** @type {any} */ data) =>
          tab === 'errors'
            ? html`<${ErrorGroups} items=${data.errors} />`
            : tab === 'settings'
              ? html`<div class="pad stack"><${Settings} dag=${dag} node=${data} /></div>`
              : html`<div class="pad stack"><${Values} node=${data} /></div>`}
      <//>
    </div>
    ${side ? html`<${Tap} key=${side} dag=${dag.name} node=${node.name} side=${side} onEnd=${() => setSide('')} />` : html`<div></div>`}
  </aside>`;
}

/** @param {{ node: any }} props */
function Values({ node }) {
  return html`<div><h3>${words.input}</h3><${Json} value=${node.input} label=${words.input} />${node.input_truncated && html`<p class="muted">${words.truncated}</p>`}</div>
    <div><h3>${words.output}</h3><${Json} value=${node.output} label=${words.output} />${node.output_truncated && html`<p class="muted">${words.truncated}</p>`}</div>`;
}

/** @param {{ dag: any, node: any }} props */
function Settings({ dag, node }) {
  const parts = [
    node.subscriber && [words.subscriber(node.subscriber), dag.subscribers[node.subscriber]?.config],
    node.calculator && [words.calculator(node.calculator), dag.calculators[node.calculator]?.config],
    ...node.publishers.map((/** @type {string} */ name) => [words.publisher(name), dag.publishers[name]?.config]),
    [words.node, node.config],
  ].filter((part) => part && part[1] && Object.keys(part[1]).length > 0);

  return html`<dl class="facts-list">
      <dt>${words.before}</dt><dd>${node.dependencies.join(', ') || UNKNOWN}</dd>
      <dt>${words.transformers}</dt><dd>${[...node.input_transformers, ...node.output_transformers].join(', ') || UNKNOWN}</dd>
    </dl>
    ${parts.map((part) => html`<div><h3>${part[0]}</h3><${Json} value=${part[1]} label=${part[0]} /></div>`)}`;
}

/** @param {{ dag: string, node: string, side: string, onEnd: () => void }} props */
function Tap({ dag, node, side, onEnd }) {
  const [rows, setRows] = useState(/** @type {any[]} */ ([]));
  const [ended, setEnded] = useState('');
  const [isHeld, hold] = useState(false);
  const [open, setOpen] = useState('');

  useEffect(() => {
    if (isHeld) return undefined;
    const stream = new EventSource(`/api/v1${path`/dags/${dag}/nodes/${node}/tap`}${query({ side, rate: 10, max: 500 })}`);
    let id = 0;

    stream.onmessage = (event) => setRows((old) => [{ ...JSON.parse(event.data), id: `tap-${id++}` }, ...old].slice(0, TAP_ROWS_MAX));
    stream.addEventListener('bye', () => {
      stream.close();
      setEnded(words.tapEnded);
    });
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) setEnded(words.tapRefused);
    };
    return () => stream.close();
  }, [isHeld]);
  return html`<section class="tap" aria-label=${words.tap(side)}>
    <header class="tap-head">
      <${Icon} name="tap" small /><h3>${words.tap(side)}</h3><span class="muted truncate">${ended || words.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${isHeld ? text.live.resume : text.live.pause} onClick=${() => hold(!isHeld)}><${Icon} name=${isHeld ? 'start' : 'pause'} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${words.tapClose} onClick=${onEnd}><${Icon} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${words.tap(side)} tabindex="0">
      ${rows.length === 0 && html`<p class="tap-row muted">${words.tapWaiting}</p>`}
      ${rows.map((row) => {
        const source = typeof row.message === 'string' ? row.message : JSON.stringify(row.message);

        return html`<div class="tap-row" key=${row.id} data-open=${open === row.id ? '' : undefined}>
          <time>${clock(row.time)}</time>
          <button type="button" aria-expanded=${open === row.id} onClick=${() => setOpen(open === row.id ? '' : row.id)}>${colored(open === row.id ? pretty(source) : source, 2000)}${row.is_truncated ? ' …' : ''}</button>
        </div>`;
      })}
    </div>
  </section>`;
}
