// properties.js - the right side of the editor: what is selected, in forms from the server's schemas.
import { useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { SelectField, TextField } from '../parts/field.js';
import { Icon } from '../parts/icon.js';
import { connect, disconnect, partOf, partsOf, removeNode, renameNode, renamePart, typeOf } from './changes.js';
import { SchemaForm } from './form.js';

const words = text.editor;
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9_]{1,1024}$/;

/** A name that is taken over when it is a good one. @param {{ label: string, value: string, taken: Set<string>, onRename: (name: string) => void }} props */
function NameField({ label, value, taken, onRename }) {
  const [typed, setTyped] = useState(value);
  const problem = typed === value ? '' : !NAME.test(typed) ? words.badName : taken.has(typed) ? words.nameTaken : '';

  return html`<${TextField} label=${label} value=${typed} mono problem=${problem} onInput=${setTyped} />
    ${typed !== value && !problem && html`<button class="button button--small" type="button" onClick=${() => onRename(typed)}>${words.rename}</button>`}`;
}

/** Sets or removes one key of an object. @param {any} object @param {string} key @param {any} value */
function put(object, key, value) {
  if (value === undefined) delete object[key];
  else object[key] = value;
}

/**
 * @param {{ draft: import('./draft.js').Draft, doc: any, node: string | null, edge: string | null, components: any[], problems: any[], onSelect: (name: string | null) => void }} props
 */
export function Properties({ draft, doc, node, edge, components, problems, onSelect }) {
  const found = node && partsOf(doc, 'nodes').find((/** @type {any} */ one) => one.name === node);
  const line = edge && partsOf(doc, 'edges').find((/** @type {any} */ one) => `${one.from_node}_to_${one.to_node}` === edge);

  if (found) return html`<${NodeProperties} key=${node} draft=${draft} doc=${doc} node=${found} components=${components} problems=${problems} onSelect=${onSelect} />`;
  if (line) return html`<${EdgeProperties} key=${edge} draft=${draft} doc=${doc} edge=${line} onSelect=${onSelect} />`;
  return html`<${DagProperties} draft=${draft} doc=${doc} />`;
}

/** @param {{ draft: import('./draft.js').Draft, doc: any }} props */
function DagProperties({ draft, doc }) {
  const field = (/** @type {string} */ key, /** @type {string} */ label, /** @type {string} */ hint = '', /** @type {string} */ help = '') => html`<${TextField}
    label=${label}
    value=${doc[key] ?? ''}
    placeholder=${hint}
    help=${help}
    mono
    onInput=${(/** @type {string} */ value) => draft.change((next) => put(next, key, value || undefined))}
  />`;
  const transformers = partsOf(structuredClone(doc), 'transformers');

  return html`<div class="pad stack">
    <h2>${words.dag}</h2>
    ${field('name', words.name)}
    <div class="field-row">${field('start_time', words.start, '09:00')}${field('end_time', words.end, '17:30')}${field('duration', words.duration, '8h')}</div>
    ${transformers.length > 0 && html`<div class="field"><span class="field-label">${words.transformers}</span><ul class="stack stack--tight">${transformers.map((/** @type {any} */ part) => html`<li class="mono">${part.name} <span class="muted">${part.type}</span></li>`)}</ul></div>`}
    <p class="muted">${words.selectHint}</p>
  </div>`;
}

/** @param {{ draft: import('./draft.js').Draft, doc: any, node: any, components: any[], problems: any[], onSelect: (name: string | null) => void }} props */
function NodeProperties({ draft, doc, node, components, problems, onSelect }) {
  const at = partsOf(doc, 'nodes').indexOf(node);
  const used = partOf(doc, node);
  const type = used ? typeOf(used.kind, used.part) : node.type;
  const component = components.find((one) => one.kind === (used?.kind ?? 'node') && (one.type === type || one.name === type));
  const names = new Set(partsOf(doc, 'nodes').map((/** @type {any} */ one) => one.name));
  const own = problems.filter((problem) => problem.pointer.startsWith(`/nodes/${at}`));
  const partAt = used ? partsOf(doc, used.area).indexOf(used.part) : -1;
  /** @type {Record<string, string>} */
  const partProblems = {};

  for (const problem of problems) {
    const found = used && new RegExp(`^/${used.area}/${partAt}/(?:config/)?([^/]+)`).exec(problem.pointer);

    if (found) partProblems[found[1]] = problem.message;
  }
  const isFlat = used && used.part && !used.part.config;
  const value = used ? (isFlat ? used.part : used.part?.config) : node.config;
  const set = (/** @type {string} */ key, /** @type {any} */ next) =>
    draft.change((copy) => {
      const target = used ? partsOf(copy, used.area)[partAt] : partsOf(copy, 'nodes')[at];

      if (isFlat) put(target, key, next);
      else put((target.config ??= {}), key, next);
    });
  const others = [...names].filter((name) => name !== node.name);
  const into = partsOf(doc, 'edges').filter((/** @type {any} */ edge) => edge.to_node === node.name);
  const out = partsOf(doc, 'edges').filter((/** @type {any} */ edge) => edge.from_node === node.name);

  return html`<div class="pad stack">
    <header class="row"><h2 class="truncate">${node.name}</h2><span class="tag">${node.type}</span><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${() => { draft.change((copy) => removeNode(copy, node.name)); onSelect(null); }}><${Icon} name="delete" small />${words.remove}</button></header>
    ${own.map((problem) => html`<p class="note note--${problem.severity === 'error' ? 'failed' : 'warning'}">${problem.message}</p>`)}
    <${NameField} label=${words.name} value=${node.name} taken=${names} onRename=${(/** @type {string} */ to) => { draft.change((copy) => renameNode(copy, node.name, to)); onSelect(to); }} />
    ${used?.part &&
    html`<section class="stack part-form"><h3>${words.kinds[used.kind]} <span class="muted">${type}</span></h3>
      ${component?.summary && html`<p class="muted">${component.summary}</p>`}
      <${NameField} label=${words.partName} value=${used.part.name} taken=${new Set(partsOf(doc, used.area).map((/** @type {any} */ one) => one.name))} onRename=${(/** @type {string} */ to) => draft.change((copy) => renamePart(copy, used.area, used.part.name, to))} />
      ${component ? html`<${SchemaForm} schema=${component.schema} value=${value} problems=${partProblems} onChange=${set} />` : html`<p class="muted">${words.noSchema}</p>`}
    </section>`}
    ${!used && component && Object.keys(component.schema?.properties ?? {}).length > 0 && html`<section class="stack part-form"><h3>${words.config}</h3><${SchemaForm} schema=${component.schema} value=${value} onChange=${set} skip=${['subscriber', 'calculator', 'publishers']} /></section>`}
    <section class="stack"><h3>${words.edges}</h3>
      <ul class="edge-list">
        ${into.map((/** @type {any} */ edge) => html`<li><span class="muted">${words.fromNode}</span> ${edge.from_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${words.disconnect(edge.from_node, node.name)} onClick=${() => draft.change((copy) => disconnect(copy, edge.from_node, node.name))}><${Icon} name="close" small /></button></li>`)}
        ${out.map((/** @type {any} */ edge) => html`<li><span class="muted">${words.toNode}</span> ${edge.to_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${words.disconnect(node.name, edge.to_node)} onClick=${() => draft.change((copy) => disconnect(copy, node.name, edge.to_node))}><${Icon} name="close" small /></button></li>`)}
      </ul>
      ${others.length > 0 &&
      html`<${SelectField}
        label=${words.connectTo}
        value=""
        onInput=${(/** @type {string} */ to) => to && draft.change((copy) => connect(copy, node.name, to))}
        options=${[{ value: '', label: words.choose }, ...others.filter((name) => !out.some((/** @type {any} */ edge) => edge.to_node === name)).map((name) => ({ value: name, label: name }))]}
      />`}
    </section>
  </div>`;
}

/** @param {{ draft: import('./draft.js').Draft, doc: any, edge: any, onSelect: (name: string | null) => void }} props */
function EdgeProperties({ draft, doc, edge, onSelect }) {
  const at = partsOf(doc, 'edges').indexOf(edge);
  const transformers = [...partsOf(structuredClone(doc), 'transformers').map((/** @type {any} */ part) => part.name)];
  const set = (/** @type {string} */ key, /** @type {string} */ value) => draft.change((copy) => put(partsOf(copy, 'edges')[at], key, value || undefined));

  return html`<div class="pad stack">
    <header class="row"><h2 class="truncate">${edge.from_node} → ${edge.to_node}</h2><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${() => { draft.change((copy) => disconnect(copy, edge.from_node, edge.to_node)); onSelect(null); }}><${Icon} name="delete" small />${words.remove}</button></header>
    <${SelectField} label=${words.transformer} value=${edge.transformer ?? ''} onInput=${(/** @type {string} */ value) => set('transformer', value)} options=${[{ value: '', label: words.none }, ...transformers.map((name) => ({ value: name, label: name }))]} />
    <${TextField} label=${html`<code>pname</code>`} value=${edge.pname ?? ''} mono help=${words.pnameHelp} optional=${text.common.optional} onInput=${(/** @type {string} */ value) => set('pname', value)} />
  </div>`;
}

