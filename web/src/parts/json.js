// json.js - JSON with the colours of its parts, without innerHTML.
import { html } from '../app/html.js';

const parts = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)|([{}[\],])/g;

/** @param {string} source @param {number} [limit] characters beyond which it stays plain */
export function colored(source, limit = 20000) {
  if (source.length > limit) return source;
  const out = [];
  let end = 0;

  for (const found of source.matchAll(parts)) {
    if (found.index > end) out.push(source.slice(end, found.index));
    if (found[1] !== undefined) {
      out.push(html`<span class=${found[2] ? 'j-key' : 'j-str'}>${found[1]}</span>`);
      if (found[2]) out.push(found[2]);
    } else if (found[3] !== undefined) out.push(html`<span class="j-num">${found[3]}</span>`);
    else out.push(html`<span class="j-pun">${found[4]}</span>`);
    end = found.index + found[0].length;
  }
  out.push(source.slice(end));
  return out;
}

/** @param {{ value?: any, source?: string, label: string }} props */
export function Json({ value, source, label }) {
  const shown = source ?? JSON.stringify(value, null, 2) ?? '';

  return html`<pre class="code-well" tabindex="0" role="region" aria-label=${label}><code>${colored(shown)}</code></pre>`;
}
