// dag.js - the page of a DAG: head with actions, live numbers, tabs, and the drawer of a node.
import { useEffect } from 'preact/hooks';
import { get, isOnline, path } from '../app/api.js';
import { UNKNOWN, duration, milliseconds, short } from '../app/format.js';
import { html } from '../app/html.js';
import { catalogueChanges, liveDag, pause, streamState, subscribe } from '../app/live.js';
import { place, setQuery } from '../app/router.js';
import { isAdmin, isOperator } from '../app/store.js';
import { text } from '../app/text.js';
import { act, mayDo, remove, leaveDag } from '../parts/actions.js';
import { Gauge, fillKind } from '../parts/gauge.js';
import { Badge, Icon, StateBadge } from '../parts/icon.js';
import { Menu } from '../parts/menu.js';
import { Failed, Skeleton, useFetch } from '../parts/states.js';
import { openClone } from './clone.js';
import { windowOf } from './dashboard.js';
import { ErrorsTab, NodesTab } from './dag_nodes.js';
import { DefinitionTab, MetricsTab, RevisionsTab } from './dag_tabs.js';
import { GraphTab } from './dag_graph.js';
import { NodeDrawer } from './node_drawer.js';
import { openPublish, openStep } from './publish.js';
import { openWhy } from './why.js';

const words = text.dag;
const TABS = /** @type {const} */ (['graph', 'nodes', 'errors', 'metrics', 'definition', 'revisions']);

/** What the live counters say of all nodes together. @param {any} live */
function summary(live) {
  let errors = 0;
  let failing = 0;
  let fullest = /** @type {{ name: string, fill: number } | null} */ (null);
  let slowest = /** @type {number | null} */ (null);

  for (const [name, , failed, , queue, max, , p99] of live?.nodes.values() ?? []) {
    errors += failed ?? 0;
    if (failed > 0) failing++;
    if (max && queue !== null && (!fullest || queue / max > fullest.fill)) fullest = { name, fill: queue / max };
    if (p99 !== null && p99 !== undefined && (slowest === null || p99 > slowest)) slowest = p99;
  }
  return { errors, failing, fullest, slowest };
}

/** @param {{ dag: any, reload: () => void }} props */
function Head({ dag, reload }) {
  const live = liveDag(dag.name).value;
  const state = live?.row?.state ?? dag.state;
  const { failing } = summary(live);
  const now = { ...dag, state };
  const run = (/** @type {string} */ action) => () => act(action, dag.name).then(reload);
  const stops = [
    { label: text.actions.stop, icon: 'stop', reason: mayDo('stop', now) || undefined, run: run('stop') },
    { label: text.actions.stopNow, icon: 'stop', reason: mayDo('stopNow', now) || undefined, run: run('stopNow') },
    { label: text.actions.restart, icon: 'restart', reason: mayDo('restart', now) || undefined, run: run('restart') },
  ];
  const more = [
    ...(isOperator.value
      ? [
          { label: text.actions.publish, icon: 'publish', run: () => openPublish(dag.name) },
          { label: text.actions.step, icon: 'step', run: () => openStep(dag.name) },
        ]
      : []),
    ...(isAdmin.value ? [{ label: text.actions.clone, icon: 'clone', narrow: true, run: () => openClone(dag) }] : []),
    { label: text.actions.why, icon: 'help', run: () => openWhy(dag.name) },
    { label: text.actions.letters, icon: 'letters', href: `/dags/${dag.name}/dead-letters` },
    { label: text.actions.download, icon: 'download', run: () => download(dag.name) },
    ...(isAdmin.value ? [{ label: text.actions.delete, icon: 'delete', danger: true, line: true, run: () => remove(dag.name, leaveDag) }] : []),
  ];

  return html`<header class="dag-head">
    <a class="crumb" href="/">${text.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${dag.name}>${dag.name}</h1>
    <${StateBadge} state=${state} boxed />
    ${failing > 0 && html`<${Badge} tone="failed">${words.failing(failing)}<//>`}
    <div class="facts">
      <span>${dag.since ? duration((Date.now() - Date.parse(dag.since)) / 1000) : UNKNOWN}</span>
      <span><a href=${`/dags/${dag.name}?tab=revisions`} class="muted">${words.revision(dag.revision)}</a></span>
      <span>${windowOf(dag)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${isOperator.value &&
      (dag.is_running
        ? html`${dag.is_suspended ? html`<button class="button" type="button" disabled=${mayDo('resume', now) !== ''} title=${mayDo('resume', now)} onClick=${run('resume')}><${Icon} name="start" />${text.actions.resume}</button>` : html`<button class="button" type="button" disabled=${mayDo('suspend', now) !== ''} title=${mayDo('suspend', now)} onClick=${run('suspend')}><${Icon} name="suspend" />${text.actions.suspend}</button>`}
            <${Menu} label=${text.actions.stop} icon="stop" items=${stops}>${text.actions.stop}<//>`
        : html`<button class="button button--primary" type="button" disabled=${mayDo('start', now) !== ''} title=${mayDo('start', now)} onClick=${run('start')}><${Icon} name="start" />${text.actions.start}</button>`)}
      ${isAdmin.value &&
      html`<button class="button hide-phone" type="button" disabled=${!isOnline.value} title=${isOnline.value ? undefined : text.reasons.offline} onClick=${() => openClone(dag)}><${Icon} name="clone" />${text.actions.clone}</button>
        <a class="button" href=${`/dags/${dag.name}/edit`}><${Icon} name="edit" />${text.actions.edit}</a>`}
      <${Menu} label=${text.dashboard.moreActions(dag.name)} icon="more" items=${more} />
    </div>
    ${dag.reason && html`<p class="note note--${state === 'failed' || state === 'invalid' ? 'failed' : 'warning'} reason">${dag.reason}</p>`}
  </header>`;
}

/** @param {string} name */
async function download(name) {
  const link = document.createElement('a');

  link.href = path`/api/v1/dags/${name}`;
  link.download = `${name}.json`;
  link.click();
}

/** @param {{ dag: any }} props */
function Pulse({ dag }) {
  const live = liveDag(dag.name).value;
  const { errors, fullest, slowest } = summary(live);
  const row = live?.row;
  const fact = (/** @type {string} */ label, /** @type {any} */ value, /** @type {string} */ unit = '', /** @type {any} */ more = null) =>
    html`<div><dt>${label}</dt><dd><span class="value">${value}${unit && value !== UNKNOWN && html`<small>${unit}</small>`}</span>${more}</dd></div>`;

  return html`<dl class="pulse">
    ${fact(words.in, short(row?.inRate ?? dag.in_rate), '/s')}
    ${fact(words.out, short(row?.outRate ?? dag.out_rate), '/s')}
    ${fact(words.fullest, fullest ? `${Math.round(fullest.fill * 100)}%` : UNKNOWN, '', fullest && fillKind(fullest.fill) !== 'ok' ? html`<${Gauge} fill=${fullest.fill} bare />` : null)}
    ${fact(words.waiting, short(row?.queue ?? dag.queue))}
    ${fact(words.slowest, milliseconds(slowest), 'ms')}
    ${fact(words.errors, html`<span class=${(row?.errors ?? 0) > 0 ? 'text-failed' : ''}>${short(row?.errors ?? dag.errors)}</span>`)}
    ${fact(words.errorsAll, short(errors))}
  </dl>`;
}

/** @param {{ name: string, tab: string, counts: Record<string, number | null> }} props */
function Tabs({ name, tab, counts }) {
  const isPaused = streamState.value === 'paused';
  const stream = isOnline.value ? streamState.value || 'lost' : 'lost';

  return html`<nav class="tabs" aria-label=${words.views}>
    ${TABS.map(
      (key) => html`<a href=${`/dags/${name}${key === 'graph' ? '' : `?tab=${key}`}`} aria-current=${key === tab ? 'page' : undefined}>
        ${words.tabs[key]}${counts[key] !== null && counts[key] !== undefined && html`<span class="count-pill ${key === 'errors' && counts[key] ? 'count-pill--failed' : ''}">${short(counts[key])}</span>`}
      </a>`,
    )}
    <span class="spacer"></span>
    <span class="live hide-phone ${stream === 'open' ? '' : 'live--lost'}"><${Icon} name="tap" small />${text.live[stream]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${() => pause(!isPaused)}><${Icon} name=${isPaused ? 'start' : 'pause'} small />${isPaused ? text.live.resume : text.live.pause}</button>
  </nav>`;
}

/** @param {{ name: string }} props */
export default function DagPage({ name }) {
  const details = useFetch(() => get(path`/dags/${name}/details`), [name, catalogueChanges.value]);
  const live = liveDag(name).value;
  const { query } = place.value;
  const tab = query.get('tab') ?? 'graph';
  const node = query.get('node');
  const panel = query.get('panel');

  useEffect(() => subscribe(`dag:${name}`), [name]);
  useEffect(() => {
    if (!panel || !details.data) return;
    setQuery({ panel: null });
    if (panel === 'why') openWhy(name);
    else if (panel === 'clone') openClone(details.data);
  }, [panel, Boolean(details.data)]);
  if (!details.data)
    return html`<main id="main" class="page">${details.error ? html`<${Failed} error=${details.error} retry=${details.reload} />` : html`<${Skeleton} lines=${10} />`}</main>`;
  const dag = details.data;
  const open = (/** @type {string | null} */ which) => setQuery({ node: which });
  const body = {
    graph: () => html`<${GraphTab} dag=${dag} selected=${node} onSelect=${open} />`,
    nodes: () => html`<${NodesTab} dag=${dag} onOpen=${open} />`,
    errors: () => html`<${ErrorsTab} dag=${dag} onOpen=${open} />`,
    metrics: () => html`<${MetricsTab} name=${name} />`,
    definition: () => html`<${DefinitionTab} dag=${dag} />`,
    revisions: () => html`<${RevisionsTab} dag=${dag} reload=${details.reload} />`,
  }[tab];
  const isOpen = node !== null && dag.nodes[node];

  return html`<div class="dag-layout ${isOpen ? 'dag-layout--drawer' : ''}">
    <main id="main" class="dag-main">
      <${Head} dag=${dag} reload=${details.reload} />
      <${Pulse} dag=${dag} />
      <${Tabs} name=${name} tab=${tab} counts=${{ nodes: Object.keys(dag.nodes).length, errors: live ? summary(live).errors : null }} />
      ${body ? body() : html`<${Failed} error=${{ message: tab }} />`}
    </main>
    ${isOpen && html`<${NodeDrawer} key=${node} dag=${dag} node=${dag.nodes[node]} onClose=${() => open(null)} reload=${details.reload} />`}
  </div>`;
}
