// server.js - what this server is, how its parts are, its settings and its log.
import { useEffect, useRef } from 'preact/hooks';
import { call, get } from '../app/api.js';
import { ago, clock, count, dateTime, duration, size } from '../app/format.js';
import { html } from '../app/html.js';
import { logLines, subscribe } from '../app/live.js';
import { isAdmin, isUnscoped } from '../app/store.js';
import { text } from '../app/text.js';
import { complain, tell } from '../app/toast.js';
import { Confirm, show } from '../parts/dialog.js';
import { Select } from '../parts/field.js';
import { Badge, Glyph, Icon } from '../parts/icon.js';
import { Json } from '../parts/json.js';
import { Loaded, useFetch } from '../parts/states.js';

const words = text.server;
const LEVELS = ['error', 'warning', 'info', 'debug'];

export default function ServerPage() {
  const server = useFetch(() => get('/server'), []);
  const mayAll = isAdmin.value && isUnscoped.value;

  return html`<main id="main" class="page">
    <div class="page-head"><h1>${words.title}</h1><span class="spacer"></span>${mayAll && html`<button class="button button--danger" type="button" onClick=${askDrain}><${Icon} name="stop" />${words.drain}</button>`}</div>
    <${Loaded} of=${server}>
      ${(/** @type {any} */ data) => html`<div class="columns">
        <section class="panel">
          <header class="panel-head"><h2>${words.about}</h2><span class="spacer"></span>${data.is_well ? html`<${Badge} tone="running" glyph="done">${words.well}<//>` : html`<${Badge} tone="failed">${words.unwell}<//>`}</header>
          <div class="panel-body"><dl class="facts-list">
            <dt>${words.version}</dt><dd>${data.version}</dd><dt>${words.build}</dt><dd>${data.build}</dd>
            <dt>${words.started}</dt><dd title=${dateTime(data.started)}>${ago(data.started)}</dd><dt>${words.uptime}</dt><dd>${duration(data.uptime_ms / 1000)}</dd>
            <dt>${words.role}</dt><dd>${data.role}</dd><dt>${words.threads}</dt><dd>${data.threads}</dd>
          </dl></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${words.parts}</h2></header>
          <div class="panel-body"><ul class="stack stack--tight">${data.parts.map((/** @type {any} */ part) => html`<li class="row"><${Glyph} name=${part.is_well ? 'done' : 'failed'} tone=${part.is_well ? 'done' : 'failed'} /><b>${part.name}</b><span class="muted">${part.detail ?? ''}</span></li>`)}</ul></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${words.limits}</h2></header>
          <div class="panel-body"><dl class="facts-list">${Object.entries(data.limits).map(([name, value]) => html`<dt>${name.replaceAll('_', ' ')}</dt><dd>${/bytes|size/.test(name) ? size(value) : count(value)}</dd>`)}</dl></div>
        </section>
      </div>`}
    <//>
    ${mayAll && html`<${Log} /><${Settings} />`}
  </main>`;
}

function askDrain() {
  show(
    () => html`<${Confirm}
      title=${words.drain}
      detail=${words.drainDetail}
      action=${words.drain}
      word="drain"
      run=${async () => {
        try {
          await call('POST', '/server/drain');
          tell(words.draining);
        } catch (error) {
          complain(words.notDrained, error);
        }
      }}
    />`,
  );
}

function Log() {
  const levels = useFetch(() => get('/log-levels'), []);
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  const isAtEnd = useRef(true);

  useEffect(() => subscribe('log'), []);
  useEffect(() => {
    if (isAtEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [logLines.value]);
  const set = async (/** @type {string} */ level) => {
    try {
      levels.setData((await call('PUT', '/log-levels', { body: { level } })).body);
      tell(words.levelIs(level));
    } catch (error) {
      complain(words.levelNotSet, error);
    }
  };

  return html`<section class="panel">
    <header class="panel-head"><h2>${words.log}</h2><span class="spacer"></span>
      ${levels.data && html`<${Select} auto label=${words.level} value=${levels.data.level} onInput=${set} options=${LEVELS.map((value) => ({ value, label: `${words.level}: ${value}` }))} />`}
    </header>
    <div class="log" ref=${list} role="log" aria-label=${words.log} tabindex="0" onScroll=${(/** @type {any} */ event) => (isAtEnd.current = event.target.scrollHeight - event.target.scrollTop - event.target.clientHeight < 8)}>
      ${logLines.value.length === 0 && html`<p class="muted">${words.noLines}</p>`}
      ${logLines.value.map((line) => html`<div class="log-line log-line--${line.level}"><time>${clock(line.time)}</time><span class="log-level">${line.level}</span><span>${[line.dag, line.component].filter(Boolean).join('/')} ${line.message}</span></div>`)}
    </div>
  </section>`;
}

function Settings() {
  const config = useFetch(() => get('/config'), []);

  return html`<section class="panel">
    <header class="panel-head"><h2>${words.settings}</h2></header>
    <div class="panel-body"><${Loaded} of=${config}>${(/** @type {any} */ data) => html`<${Json} value=${data} label=${words.settings} />`}<//></div>
  </section>`;
}
