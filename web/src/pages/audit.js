// audit.js - who did what to which object.
import { useState } from 'preact/hooks';
import { get, query } from '../app/api.js';
import { dateTime } from '../app/format.js';
import { html } from '../app/html.js';
import { place, setQuery } from '../app/router.js';
import { text } from '../app/text.js';
import { SearchField, Select } from '../parts/field.js';
import { Glyph, Icon } from '../parts/icon.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';
import { Pager, Table } from '../parts/table.js';

const words = text.audit;
const PAGE = 50;
const FILTERS = /** @type {const} */ (['who', 'action', 'object', 'result', 'from', 'to']);

/** How each state looks: what ended well says so quietly. @type {Record<string, string>} */
const glyphs = { begun: 'waiting', denied: 'failed', failed: 'failed', unknown: 'unknown' };

/** Where an action is by now, and when it ended. @param {{ item: any }} props */
function Result({ item }) {
  const state = item.state ?? (item.result === 'ok' ? 'done' : item.result);
  const glyph = glyphs[state];
  const title = state === 'unknown' ? words.unknownHelp : item.ended_at && item.ended_at !== item.time ? words.took(dateTime(item.ended_at)) : undefined;

  return html`<span class="row" title=${title}>${glyph && html`<${Glyph} name=${glyph} tone=${glyph} />`}<span class=${glyph === 'failed' ? 'text-failed' : 'muted'}>${words.states[state] ?? state}</span></span>`;
}

export default function Audit() {
  const asked = place.value.query;
  const filter = Object.fromEntries(FILTERS.map((key) => [key, asked.get(key) ?? '']));
  const [cursors, setCursors] = useState([/** @type {string | null} */ (null)]);
  const page = cursors.length - 1;
  const list = useFetch(() => get('/audit' + query({ ...filter, limit: PAGE, cursor: cursors[page] })), [JSON.stringify(filter), cursors[page]]);
  const change = (/** @type {Record<string, string>} */ part) => {
    setCursors([null]);
    setQuery(part);
  };
  const search = (/** @type {string} */ key) => html`<${SearchField} label=${words[key]} value=${filter[key]} onInput=${(/** @type {string} */ value) => change({ [key]: value })} />`;

  return html`<main id="main" class="page">
    <div class="page-head"><h1>${words.title}</h1><span class="spacer"></span><a class="button" href=${`/api/v1/audit/export${query(filter)}`} download="audit.jsonl"><${Icon} name="download" />${words.export}</a></div>
    <div class="filters">${search('who')}${search('action')}${search('object')}
      <${Select} auto label=${words.result} value=${filter.result} onInput=${(/** @type {string} */ result) => change({ result })} options=${[{ value: '', label: words.anyResult }, ...['ok', 'denied', 'failed'].map((value) => ({ value, label: value }))]} /></div>
    <section class="panel table-wrap">
      <${Loaded} of=${list} lines=${10}>
        ${(/** @type {any} */ data) =>
          data.items.length === 0
            ? html`<${Empty} title=${words.none} drawing=${html`<${Icon} name="history" />`} />`
            : html`<${Table}
                  label=${words.title}
                  items=${data.items}
                  keyOf=${(/** @type {any} */ item) => String(item.number)}
                  columns=${[
                    { key: 'time', label: words.columns.time, cell: (/** @type {any} */ item) => html`<span class="muted">${dateTime(item.time)}</span>` },
                    { key: 'who', label: words.columns.who, bare: true, cell: (/** @type {any} */ item) => html`<b>${item.actor}</b>` },
                    { key: 'action', label: words.columns.action, cell: (/** @type {any} */ item) => item.action },
                    { key: 'object', label: words.columns.object, cell: (/** @type {any} */ item) => html`<span class="truncate" title=${item.object}>${item.object}</span>` },
                    { key: 'result', label: words.columns.result, cell: (/** @type {any} */ item) => html`<${Result} item=${item} />` },
                    { key: 'detail', label: words.columns.detail, cell: (/** @type {any} */ item) => html`<span class="truncate muted detail-text" title=${item.detail}>${item.revision_before || item.revision_after ? `r${item.revision_before || 0} → r${item.revision_after || 0} ` : ''}${item.detail ?? ''}</span>` },
                    { key: 'address', label: words.columns.address, cell: (/** @type {any} */ item) => html`<span class="muted">${item.address ?? ''}</span>` },
                  ]}
                />
                <footer class="panel-foot"><${Pager} total=${data.total} limit=${PAGE} page=${page} count=${data.items.length} hasNext=${Boolean(data.next_cursor)} onPage=${(/** @type {number} */ to) => setCursors(to > page ? [...cursors, data.next_cursor] : cursors.slice(0, to + 1))} /></footer>`}
      <//>
    </section>
  </main>`;
}
