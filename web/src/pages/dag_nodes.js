// dag_nodes.js - the tables of nodes and of errors: what the canvas shows, without it.
import { useMemo } from 'preact/hooks';
import { get, path } from '../app/api.js';
import { UNKNOWN, milliseconds, short } from '../app/format.js';
import { html } from '../app/html.js';
import { liveDag } from '../app/live.js';
import { setQuery, place } from '../app/router.js';
import { text } from '../app/text.js';
import { SearchField } from '../parts/field.js';
import { Gauge } from '../parts/gauge.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { ErrorGroups } from './node_drawer.js';

const words = text.nodes;

/** @param {{ dag: any, onOpen: (name: string) => void }} props */
export function NodesTab({ dag, onOpen }) {
  const live = liveDag(dag.name).value;
  const word = place.value.query.get('q') ?? '';
  const sort = place.value.query.get('sort') ?? '';
  const rows = useMemo(
    () =>
      Object.values(dag.nodes).map((/** @type {any} */ node, i) => {
        const row = live?.nodes.get(node.name);

        return { node, order: i, name: node.name, calls: Number(row?.[1] ?? node.compute_count), errors: row?.[2] ?? Number(node.error_count), rate: row?.[3] ?? null, queue: row?.[4] ?? node.queue_depth, max: row?.[5] ?? null, p99: row?.[7] ?? null };
      }),
    [dag, live],
  );
  const key = /** @type {'name' | 'rate' | 'errors' | 'calls' | 'order'} */ (sort.replace('-', '') || 'order');
  const sign = sort.startsWith('-') ? -1 : 1;
  const shown = rows
    .filter((row) => row.name.toLowerCase().includes(word.toLowerCase()))
    .sort((a, b) => sign * (key === 'name' ? a.name.localeCompare(b.name) : Number(a[key] ?? -1) - Number(b[key] ?? -1)));
  const columns = [
    { key: 'name', label: words.name, sort: 'name', bare: true, cell: (/** @type {any} */ row) => html`<span class="cell-name"><a class="dag-link" href=${`/dags/${dag.name}?tab=nodes&node=${row.name}`} onClick=${(/** @type {Event} */ event) => { event.preventDefault(); onOpen(row.name); }} title=${row.name}>${row.name}</a></span>` },
    { key: 'type', label: words.type, cell: (/** @type {any} */ row) => html`<span class="muted">${row.node.calculator ? dag.calculators[row.node.calculator]?.type : row.node.type}</span>` },
    { key: 'after', label: words.after, cell: (/** @type {any} */ row) => html`<span class="truncate muted" title=${row.node.dependencies.join(', ')}>${row.node.dependencies.join(', ') || UNKNOWN}</span>` },
    { key: 'rate', label: words.rate, number: true, sort: 'rate', cell: (/** @type {any} */ row) => html`<span class=${row.rate ? '' : 'zero'}>${short(row.rate)}</span>` },
    { key: 'calls', label: words.calls, number: true, sort: 'calls', cell: (/** @type {any} */ row) => short(row.calls) },
    { key: 'queue', label: words.queue, number: true, cell: (/** @type {any} */ row) => (row.max ? html`<${Gauge} fill=${row.queue / row.max} />` : html`<span class=${row.queue ? '' : 'zero'}>${short(row.queue)}</span>`) },
    { key: 'p99', label: words.p99, number: true, cell: (/** @type {any} */ row) => milliseconds(row.p99) },
    { key: 'errors', label: words.errors, number: true, sort: 'errors', cell: (/** @type {any} */ row) => html`<span class=${row.errors ? 'text-failed' : 'zero'}>${short(row.errors)}</span>` },
  ];

  return html`<div class="tab-body tab-body--pad">
    <div class="filters"><${SearchField} label=${words.filter} value=${word} onInput=${(/** @type {string} */ q) => setQuery({ q })} /></div>
    <section class="panel table-wrap"><${Table} label=${words.title} columns=${columns} items=${shown} keyOf=${(/** @type {any} */ row) => row.name} sort=${sort} onSort=${(/** @type {string} */ next) => setQuery({ sort: next })} /></section>
    <h2 class="section-title">${words.sources}</h2>
    <section class="panel table-wrap"><${Table} label=${words.sources} columns=${sourceColumns(live)} items=${Object.values(dag.subscribers)} keyOf=${(/** @type {any} */ part) => part.name} /></section>
    <h2 class="section-title">${words.sinks}</h2>
    <section class="panel table-wrap"><${Table} label=${words.sinks} columns=${sinkColumns(live)} items=${Object.values(dag.publishers)} keyOf=${(/** @type {any} */ part) => part.name} /></section>
  </div>`;
}

/** @param {any} live */
function sourceColumns(live) {
  const row = (/** @type {any} */ part) => live?.subscribers.get(part.name);

  return [
    { key: 'name', label: words.name, bare: true, cell: (/** @type {any} */ part) => html`<b>${part.name}</b>` },
    { key: 'address', label: words.address, cell: (/** @type {any} */ part) => html`<span class="truncate muted" title=${part.source}>${part.source ?? part.type}</span>` },
    { key: 'count', label: words.received, number: true, cell: (/** @type {any} */ part) => short(row(part)?.[1] ?? part.receive_count) },
    { key: 'depth', label: words.queue, number: true, cell: (/** @type {any} */ part) => (part.max_depth ? html`<${Gauge} fill=${(row(part)?.[2] ?? part.current_depth) / part.max_depth} />` : short(row(part)?.[2] ?? part.current_depth)) },
    { key: 'dropped', label: words.dropped, number: true, cell: (/** @type {any} */ part) => html`<span class=${Number(part.dropped) ? 'text-warning' : 'zero'}>${short(part.dropped)}</span>` },
  ];
}

/** @param {any} live */
function sinkColumns(live) {
  const row = (/** @type {any} */ part) => live?.publishers.get(part.name);

  return [
    { key: 'name', label: words.name, bare: true, cell: (/** @type {any} */ part) => html`<b>${part.name}</b>` },
    { key: 'address', label: words.address, cell: (/** @type {any} */ part) => html`<span class="truncate muted" title=${part.destination}>${part.destination ?? part.type}</span>` },
    { key: 'count', label: words.published, number: true, cell: (/** @type {any} */ part) => short(row(part)?.[1] ?? part.publish_count) },
    { key: 'depth', label: words.queue, number: true, cell: (/** @type {any} */ part) => short(row(part)?.[2] ?? part.queue_depth) },
    { key: 'retries', label: words.retries, number: true, cell: (/** @type {any} */ part) => html`<span class=${Number(part.retries) ? '' : 'zero'}>${short(part.retries)}</span>` },
    { key: 'letters', label: words.letters, number: true, cell: (/** @type {any} */ part) => html`<span class=${Number(row(part)?.[3] ?? part.dead_letters) ? 'text-failed' : 'zero'}>${short(row(part)?.[3] ?? part.dead_letters)}</span>` },
  ];
}

/** @param {{ dag: any, onOpen: (name: string) => void }} props */
export function ErrorsTab({ dag, onOpen }) {
  const live = liveDag(dag.name).value;
  const errors = [...(live?.nodes.values() ?? [])].reduce((sum, row) => sum + (row[2] ?? 0), 0);
  const nodes = useFetch(() => get(path`/dags/${dag.name}/nodes`), [dag.name, errors]);

  return html`<div class="tab-body tab-body--pad">
    <${Loaded} of=${nodes}>
      ${(/** @type {any} */ data) => {
        const failing = data.items.filter((/** @type {any} */ node) => Number(node.error_count) > 0);

        if (failing.length === 0) return html`<section class="panel"><${Empty} title=${words.noErrors} detail=${words.noErrorsDetail} /></section>`;
        return failing.map(
          (/** @type {any} */ node) => html`<section class="panel" key=${node.name}>
            <header class="panel-head"><h2>${node.name}</h2><span class="count-pill count-pill--failed">${short(node.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${() => onOpen(node.name)}>${text.common.open}</button></header>
            <${ErrorGroups} items=${node.errors} />
          </section>`,
        );
      }}
    <//>
  </div>`;
}
