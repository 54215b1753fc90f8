// dag_tabs.js - charts, the definition as it was written, and its revisions.
import { useState } from 'preact/hooks';
import { call, get, path, query } from '../app/api.js';
import { ago, dateTime } from '../app/format.js';
import { html } from '../app/html.js';
import { place, setQuery } from '../app/router.js';
import { isAdmin } from '../app/store.js';
import { text } from '../app/text.js';
import { complain, tell } from '../app/toast.js';
import { SeriesChart } from '../parts/chart.js';
import { Confirm, show } from '../parts/dialog.js';
import { Diff } from '../parts/diff.js';
import { Segmented } from '../parts/field.js';
import { Icon } from '../parts/icon.js';
import { Json } from '../parts/json.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';
import { Table } from '../parts/table.js';

const words = text.dag;
const SPANS = /** @type {Record<string, number>} */ ({ '5m': 300, '1h': 3600, '24h': 86400 });

/** @param {{ name: string }} props */
export function MetricsTab({ name }) {
  const span = place.value.query.get('span') ?? '1h';
  const url = (/** @type {number} */ to) => path`/dags/${name}/metrics` + query({ from: new Date(to - SPANS[span] * 1000).toISOString(), to: new Date(to).toISOString() });

  return html`<div class="tab-body tab-body--pad">
    <div class="filters"><${Segmented} label=${words.span} value=${span} onInput=${(/** @type {string} */ value) => setQuery({ span: value })} options=${Object.keys(SPANS).map((value) => ({ value, label: value }))} /></div>
    ${/** @type {[string, string[]][]} */ ([[words.charts.rates, ['in', 'out']], [words.charts.queue, ['queue']], [words.charts.errors, ['errors']]]).map(
      ([title, lines]) => html`<section class="panel" key=${title}>
        <header class="panel-head"><h2>${title}</h2><span class="spacer"></span>${lines.length > 1 && lines.map((line) => html`<span class="live"><span class="swatch swatch--${line}"></span>${words.series[line]}</span>`)}</header>
        <div class="panel-body"><${SeriesChart} url=${url} lines=${lines} every=${span === '5m' ? 2000 : 15000} height=${180} label=${title} /></div>
      </section>`,
    )}
  </div>`;
}

/** @param {{ dag: any }} props */
export function DefinitionTab({ dag }) {
  const definition = useFetch(() => call('GET', path`/dags/${dag.name}`), [dag.name, dag.revision]);
  const copy = async (/** @type {string} */ source) => {
    await navigator.clipboard.writeText(source);
    tell(text.common.copied);
  };

  return html`<div class="tab-body tab-body--pad">
    <${Loaded} of=${definition}>
      ${(/** @type {any} */ data) => html`<section class="panel">
        <header class="panel-head"><h2>${words.definition(dag.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${() => copy(data.text)}><${Icon} name="copy" small />${text.common.copy}</button>
          ${isAdmin.value && html`<a class="button button--small" href=${`/dags/${dag.name}/edit`}><${Icon} name="edit" small />${text.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${Json} source=${data.text} label=${words.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`;
}

/** @param {{ dag: any, reload: () => void }} props */
export function RevisionsTab({ dag, reload }) {
  const list = useFetch(() => get(path`/dags/${dag.name}/revisions`), [dag.name, dag.revision]);
  const [open, setOpen] = useState('');
  const rollBack = (/** @type {any} */ revision) =>
    show(
      () => html`<${Confirm}
        title=${words.rollBackTitle(revision)}
        detail=${words.rollBackDetail}
        action=${words.rollBack}
        run=${async () => {
          try {
            const { etag } = await call('GET', path`/dags/${dag.name}`);

            await call('POST', path`/dags/${dag.name}/rollback`, { body: { revision: Number(revision) }, ifMatch: etag });
            tell(words.rolledBack(dag.name, revision));
            reload();
            list.reload();
          } catch (error) {
            complain(words.notRolledBack, error);
          }
        }}
      />`,
    );

  return html`<div class="tab-body tab-body--pad">
    <${Loaded} of=${list}>
      ${(/** @type {any} */ data) =>
        data.items.length === 0
          ? html`<section class="panel"><${Empty} title=${words.noRevisions} /></section>`
          : html`<section class="panel table-wrap">
              <${Table}
                label=${words.tabs.revisions}
                items=${data.items}
                keyOf=${(/** @type {any} */ item) => String(item.revision)}
                columns=${[
                  { key: 'revision', label: words.columns.revision, bare: true, cell: (/** @type {any} */ item) => html`<b>${item.revision}</b>${String(item.revision) === String(dag.running_revision ?? dag.revision) && html` <span class="tag">${words.current}</span>`}` },
                  { key: 'when', label: words.columns.when, cell: (/** @type {any} */ item) => html`<span title=${dateTime(item.time)}>${ago(item.time)}</span>` },
                  { key: 'who', label: words.columns.who, cell: (/** @type {any} */ item) => item.user },
                  { key: 'comment', label: words.columns.comment, cell: (/** @type {any} */ item) => html`<span class="truncate">${item.comment ?? ''}</span>` },
                  {
                    key: 'more',
                    label: '',
                    number: true,
                    bare: true,
                    cell: (/** @type {any} */ item) => html`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${open === String(item.revision)} onClick=${() => setOpen(open === String(item.revision) ? '' : String(item.revision))}>${words.diff}</button>
                      ${isAdmin.value && String(item.revision) !== String(dag.revision) && html`<button class="button button--small" type="button" onClick=${() => rollBack(item.revision)}><${Icon} name="undo" small />${words.rollBack}</button>`}
                    </span>`,
                  },
                ]}
              />
            </section>
            ${open && html`<${Revision} name=${dag.name} revision=${open} />`}`}
    <//>
  </div>`;
}

/** @param {{ name: string, revision: string }} props */
function Revision({ name, revision }) {
  const one = useFetch(() => get(path`/dags/${name}/revisions/${revision}`), [name, revision]);

  return html`<section class="panel">
    <header class="panel-head"><h2>${words.changesOf(revision)}</h2></header>
    <div class="panel-body"><${Loaded} of=${one}>${(/** @type {any} */ data) => (data.diff ? html`<${Diff} source=${data.diff} label=${words.changesOf(revision)} />` : html`<p class="muted">${words.noDiff}</p>`)}<//></div>
  </section>`;
}
