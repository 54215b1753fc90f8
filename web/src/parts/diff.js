// diff.js - a unified diff in colours.
import { html } from '../app/html.js';

/** @param {{ source: string, label: string }} props */
export function Diff({ source, label }) {
  const lines = source.replace(/\n$/, '').split('\n');

  return html`<pre class="code-well code-well--plain diff" tabindex="0" role="region" aria-label=${label}>${lines.map((line) => {
    const kind = line.startsWith('@@') ? 'place' : line.startsWith('+') ? 'add' : line.startsWith('-') ? 'cut' : '';

    return html`<span class="diff-line ${kind ? `diff-line--${kind}` : ''}">${line || ' '}</span>`;
  })}</pre>`;
}
