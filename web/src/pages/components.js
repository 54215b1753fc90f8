// components.js - every type of node, source, sink, calculator and transformer, with schema and example.
import { get } from '../app/api.js';
import { html } from '../app/html.js';
import { place, setQuery } from '../app/router.js';
import { text } from '../app/text.js';
import { tell } from '../app/toast.js';
import { iconOf } from '../graph/model.js';
import { SearchField, Segmented } from '../parts/field.js';
import { Badge, Icon } from '../parts/icon.js';
import { Json } from '../parts/json.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';

const words = text.components;
const KINDS = ['subscriber', 'publisher', 'calculator', 'transformer', 'node'];

/** @param {any} schema @param {string} name */
function describeType(schema, name) {
  const property = schema.properties[name];
  const type = property.enum ? property.enum.map((/** @type {any} */ value) => JSON.stringify(value)).join(' | ') : [property.type].flat().join(' or ') || 'any';

  return property.type === 'array' && property.items?.type ? `list of ${property.items.type}` : type;
}

/** @param {{ component: any }} props */
function Component({ component }) {
  const properties = Object.keys(component.schema?.properties ?? {});
  const required = new Set(component.schema?.required ?? []);
  const example = JSON.stringify(component.example, null, 2);
  const copy = async () => {
    await navigator.clipboard.writeText(example);
    tell(text.common.copied);
  };

  return html`<article class="panel component" id=${`${component.kind}-${component.type}`}>
    <header class="panel-head">
      <${Icon} name=${iconOf(`${component.type} ${component.address ?? ''}`)} /><h2 class="mono">${component.type}</h2><span class="tag">${words.kinds[component.kind]}</span>
      ${!component.is_available && html`<${Badge} tone="warning">${words.missing}<//>`}
    </header>
    <div class="panel-body stack">
      <p>${component.summary}${component.address && html` <code>${component.address}</code>`}</p>
      ${properties.length > 0 &&
      html`<dl class="option-table">
        ${properties.map((name) => html`<div><dt><code>${name}</code>${required.has(name) && html` <span class="tag">${words.required}</span>`}</dt><dd><span class="muted">${describeType(component.schema, name)}${component.schema.properties[name].default !== undefined ? `, ${JSON.stringify(component.schema.properties[name].default)}` : ''}</span> ${component.schema.properties[name].description ?? ''}</dd></div>`)}
      </dl>`}
      ${component.example && html`<details><summary>${words.example}</summary><${Json} source=${example} label=${words.example} /><div class="button-row"><button class="button button--small" type="button" onClick=${copy}><${Icon} name="copy" small />${text.common.copy}</button></div></details>`}
    </div>
  </article>`;
}

export default function Components() {
  const list = useFetch(() => get('/components'), []);
  const kind = place.value.query.get('kind') ?? '';
  const word = place.value.query.get('q') ?? '';

  return html`<main id="main" class="page">
    <div class="page-head"><h1>${words.title}</h1></div>
    <div class="filters">
      <${Segmented} label=${words.kind} value=${kind} onInput=${(/** @type {string} */ value) => setQuery({ kind: value })} options=${[{ value: '', label: text.dashboard.all }, ...KINDS.map((value) => ({ value, label: words.plurals[value] }))]} />
      <${SearchField} label=${words.filter} value=${word} onInput=${(/** @type {string} */ q) => setQuery({ q })} />
    </div>
    <${Loaded} of=${list} lines=${8}>
      ${(/** @type {any} */ data) => {
        const shown = data.items.filter((/** @type {any} */ item) => (!kind || item.kind === kind) && `${item.type} ${item.name} ${item.summary}`.toLowerCase().includes(word.toLowerCase()));

        return shown.length ? html`<div class="component-grid">${shown.map((/** @type {any} */ component) => html`<${Component} key=${`${component.kind} ${component.type}`} component=${component} />`)}</div>` : html`<section class="panel"><${Empty} title=${words.none} /></section>`;
      }}
    <//>
  </main>`;
}
