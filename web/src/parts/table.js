// table.js - tables with sorting, selection and pages; on phones each row is a card.
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Icon } from './icon.js';

/**
 * @typedef {object} Column
 * @property {string} key also the class "c-KEY"
 * @property {any} label
 * @property {boolean} [number] right-aligned
 * @property {string} [sort] the field that a click on the head sorts by
 * @property {(item: any) => any} cell
 * @property {boolean} [bare] no label on phones
 */

/**
 * @param {{ label: string, columns: Column[], items: any[], keyOf: (item: any) => string, sort?: string, onSort?: (sort: string) => void,
 *   selected?: Set<string>, onSelect?: (selected: Set<string>) => void, nameOf?: (item: any) => string, rowClass?: (item: any) => string, class?: string }} props
 */
export function Table({ label, columns, items, keyOf, sort = '', onSort, selected, onSelect, nameOf, rowClass, class: more = '' }) {
  const keys = items.map(keyOf);
  const chosen = selected ? keys.filter((key) => selected.has(key)).length : 0;
  const toggle = (/** @type {string} */ key) => {
    const next = new Set(selected);

    next.has(key) ? next.delete(key) : next.add(key);
    onSelect?.(next);
  };
  const toggleAll = () => {
    const next = new Set(selected);

    for (const key of keys) chosen === keys.length ? next.delete(key) : next.add(key);
    onSelect?.(next);
  };

  return html`<div class="table-scroll" role="region" aria-label=${label} tabindex="0">
    <table class="table ${more}">
      <thead>
        <tr>
          ${selected &&
          html`<th class="c-select">
            <input class="checkbox" type="checkbox" aria-label=${text.table.selectAll} checked=${chosen > 0 && chosen === keys.length} indeterminate=${chosen > 0 && chosen < keys.length} onChange=${toggleAll} />
          </th>`}
          ${columns.map((column) => {
            const isSorted = column.sort && (sort === column.sort || sort === `-${column.sort}`);
            const isDown = sort === `-${column.sort}`;

            return html`<th class="c-${column.key} ${column.number ? 'number' : ''}" scope="col" aria-sort=${isSorted ? (isDown ? 'descending' : 'ascending') : undefined}>
              ${column.sort && onSort
                ? html`<button class="sort" type="button" onClick=${() => onSort(sort === column.sort ? `-${column.sort}` : /** @type {string} */ (column.sort))}>
                    ${column.label}${isSorted && html`<${Icon} name=${isDown ? 'down' : 'up'} />`}
                  </button>`
                : column.label}
            </th>`;
          })}
        </tr>
      </thead>
      <tbody>
        ${items.map((item) => {
          const key = keyOf(item);

          return html`<tr key=${key} class="${selected?.has(key) ? 'is-selected' : ''} ${rowClass?.(item) ?? ''}">
            ${selected &&
            html`<td class="c-select"><input class="checkbox" type="checkbox" aria-label=${text.table.select(nameOf?.(item) ?? key)} checked=${selected.has(key)} onChange=${() => toggle(key)} /></td>`}
            ${columns.map(
              (column) => html`<td class="c-${column.key} ${column.number ? 'number' : ''}" data-label=${column.bare ? undefined : column.label || undefined}>${column.cell(item)}</td>`,
            )}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** @param {{ total: number, limit: number, page: number, count: number, hasNext: boolean, onPage: (page: number) => void }} props */
export function Pager({ total, limit, page, count, hasNext, onPage }) {
  const from = total === 0 ? 0 : page * limit + 1;

  return html`<nav class="pager" aria-label=${text.table.pages}>
    <span class="muted">${text.table.range(from, page * limit + count, total)}</span>
    <span class="button-group">
      <button class="button button--small button--icon" type="button" aria-label=${text.table.previous} disabled=${page === 0} onClick=${() => onPage(page - 1)}><${Icon} name="back" small /></button>
      <button class="button button--small button--icon" type="button" aria-label=${text.table.next} disabled=${!hasNext} onClick=${() => onPage(page + 1)}><${Icon} name="next" small /></button>
    </span>
  </nav>`;
}
