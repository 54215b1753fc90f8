// help.js - shortcuts, and the API as its own document describes it.
import { get } from '../app/api.js';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Loaded, useFetch } from '../parts/states.js';

const words = text.help;

export default function Help() {
  const document_ = useFetch(() => get('/openapi.json'), []);

  return html`<main id="main" class="page">
    <div class="page-head"><h1>${words.title}</h1></div>
    <section class="panel"><header class="panel-head"><h2>${words.keys}</h2></header>
      <div class="panel-body"><dl class="facts-list">${words.shortcuts.map(([keys, what]) => html`<dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${what}</dd>`)}</dl></div>
    </section>
    <section class="panel"><header class="panel-head"><h2>${words.api}</h2><span class="spacer"></span><a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">openapi.json</a></header>
      <div class="panel-body"><${Loaded} of=${document_}>${(/** @type {any} */ data) => html`<${Operations} document=${data} />`}<//></div>
    </section>
  </main>`;
}

/** @param {{ document: any }} props */
function Operations({ document }) {
  /** @type {Map<string, any[]>} */
  const byTag = new Map();

  for (const [route, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(/** @type {any} */ (methods))) {
      const tag = operation.tags?.[0] ?? '';

      byTag.set(tag, [...(byTag.get(tag) ?? []), { route, method: method.toUpperCase(), summary: operation.summary }]);
    }
  return html`${[...byTag].map(
    ([tag, operations]) => html`<h3 class="section-title">${tag}</h3>
      <dl class="operations">${operations.map((one) => html`<div><dt><span class="tag">${one.method}</span> <code>${one.route}</code></dt><dd>${one.summary}</dd></div>`)}</dl>`,
  )}`;
}
