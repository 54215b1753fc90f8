// why.js - why nothing comes out: the cause first, then what follows from it.
import { get, path } from '../app/api.js';
import { duration } from '../app/format.js';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Dialog, show } from '../parts/dialog.js';
import { Glyph } from '../parts/icon.js';
import { Loaded, useFetch } from '../parts/states.js';

const words = text.why;

/** @param {string} name */
export function openWhy(name) {
  show(() => html`<${Why} name=${name} />`);
}

/** @param {{ name: string }} props */
function Why({ name }) {
  const why = useFetch(() => get(path`/dags/${name}/why`), [name]);

  return html`<${Dialog} title=${words.title} note=${name}>
    <${Loaded} of=${why}>
      ${(/** @type {any} */ data) =>
        data.findings.length === 0
          ? html`<p class="note"><${Glyph} name="done" tone="done" />${words.healthy}</p>`
          : html`<ol class="findings">
              ${data.findings.map(
                (/** @type {any} */ finding, /** @type {number} */ i) => html`<li>
                  <${Glyph} name=${i === 0 && !data.is_healthy ? 'failed' : 'warning'} tone=${i === 0 && !data.is_healthy ? 'failed' : 'warning'} />
                  <b>${finding.object}</b>
                  <span class="muted">${finding.since ? text.dashboard.since(duration((Date.now() - Date.parse(finding.since)) / 1000)) : ''}</span>
                  <p>${finding.detail}${finding.suggestion && html`<br /><b>${finding.suggestion}</b>`}</p>
                </li>`,
              )}
            </ol>`}
    <//>
  <//>`;
}
