// dead_letters.js - what a DAG could not handle, with its cause and its input; feed it again or discard it.
import { useEffect, useState } from 'preact/hooks';
import { call, get, path, post, query } from '../app/api.js';
import { count, dateTime } from '../app/format.js';
import { html } from '../app/html.js';
import { isAdmin, isOperator } from '../app/store.js';
import { text } from '../app/text.js';
import { complain, tell } from '../app/toast.js';
import { Confirm, show } from '../parts/dialog.js';
import { Icon } from '../parts/icon.js';
import { Json } from '../parts/json.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';
import { Pager, Table } from '../parts/table.js';

const words = text.letters;
const PAGE = 50;

/** @param {{ name: string }} props */
export default function DeadLetters({ name }) {
  const [cursors, setCursors] = useState([/** @type {string | null} */ (null)]);
  const [selected, select] = useState(new Set());
  const [open, setOpen] = useState('');
  const page = cursors.length - 1;
  const list = useFetch(() => get(path`/dags/${name}/dead-letters` + query({ limit: PAGE, cursor: cursors[page] })), [name, cursors[page]]);
  const done = () => {
    select(new Set());
    list.reload();
  };
  const redrive = async (/** @type {string[] | 'all'} */ ids) => {
    try {
      const reply = await post(path`/dags/${name}/dead-letters/redrive`, { ids });

      tell(words.redriven(reply.count));
    } catch (error) {
      complain(words.notRedriven, error);
    }
    done();
  };
  const discard = (/** @type {string[] | 'all'} */ ids, /** @type {number} */ n) =>
    show(
      () => html`<${Confirm}
        title=${words.discardTitle(n)}
        detail=${words.discardDetail}
        action=${words.discard}
        run=${async () => {
          try {
            const { body } = await call('DELETE', path`/dags/${name}/dead-letters` + query({ ids: ids === 'all' ? 'all' : ids.join(',') }));

            tell(words.discarded(body.count));
          } catch (error) {
            complain(words.notDiscarded, error);
          }
          done();
        }}
      />`,
    );
  const ids = /** @type {string[]} */ ([...selected]);

  useEffect(() => select(new Set()), [cursors[page]]);
  return html`<main id="main" class="page">
    <div class="page-head">
      <a class="crumb" href="/">${text.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <a class="crumb truncate" href=${`/dags/${name}`}>${name}</a><span class="muted" aria-hidden="true">/</span>
      <h1>${words.title}</h1>
      <span class="spacer"></span>
      ${(list.data?.total ?? 0) > 0 && isOperator.value && html`<button class="button" type="button" onClick=${() => redrive('all')}><${Icon} name="restart" />${words.redriveAll}</button>`}
      ${(list.data?.total ?? 0) > 0 && isAdmin.value && html`<button class="button button--quiet button--danger" type="button" onClick=${() => discard('all', list.data.total)}><${Icon} name="delete" />${words.discardAll}</button>`}
    </div>
    <section class="panel table-wrap">
      <${Loaded} of=${list} lines=${6}>
        ${(/** @type {any} */ data) =>
          data.items.length === 0
            ? html`<${Empty} title=${words.empty} detail=${words.emptyDetail} drawing=${html`<${Icon} name="letters" />`} />`
            : html`<${Table}
                  label=${words.title}
                  items=${data.items}
                  keyOf=${(/** @type {any} */ item) => String(item.id)}
                  selected=${isOperator.value ? selected : undefined}
                  onSelect=${select}
                  columns=${[
                    { key: 'time', label: words.columns.time, cell: (/** @type {any} */ item) => dateTime(item.time) },
                    { key: 'place', label: words.columns.place, cell: (/** @type {any} */ item) => html`<b>${item.node ?? item.publisher ?? item.subscriber ?? ''}</b>` },
                    { key: 'error', label: words.columns.error, cell: (/** @type {any} */ item) => html`<span class="truncate error-text" title=${item.error}>${item.error}</span>` },
                    { key: 'cycle', label: words.columns.cycle, number: true, cell: (/** @type {any} */ item) => count(item.cycle) },
                    { key: 'state', label: words.columns.state, cell: (/** @type {any} */ item) => html`<span class="muted">${item.state}</span>` },
                    { key: 'more', label: '', number: true, bare: true, cell: (/** @type {any} */ item) => html`<button class="button button--small" type="button" aria-expanded=${open === String(item.id)} onClick=${() => setOpen(open === String(item.id) ? '' : String(item.id))}>${words.show}</button>` },
                  ]}
                />
                ${open && html`<div class="panel-body"><${Json} source=${shown(data.items.find((/** @type {any} */ item) => String(item.id) === open))} label=${words.message} /></div>`}
                <footer class="panel-foot">
                  ${ids.length > 0 &&
                  html`<div class="bulk"><b>${text.dashboard.selected(ids.length)}</b>
                    <button class="button button--small" type="button" onClick=${() => redrive(ids)}><${Icon} name="restart" small />${words.redrive}</button>
                    ${isAdmin.value && html`<button class="button button--small button--quiet button--danger" type="button" onClick=${() => discard(ids, ids.length)}><${Icon} name="delete" small />${words.discard}</button>`}
                  </div>`}
                  <${Pager} total=${data.total} limit=${PAGE} page=${page} count=${data.items.length} hasNext=${Boolean(data.next_cursor)} onPage=${(/** @type {number} */ to) => setCursors(to > page ? [...cursors, data.next_cursor] : cursors.slice(0, to + 1))} />
                </footer>`}
      <//>
    </section>
  </main>`;
}

/** @param {any} letter */
function shown(letter) {
  return letter ? JSON.stringify(letter, null, 2) : '';
}
