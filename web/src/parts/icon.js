// icon.js - icons and glyphs of the sprite, badges of states.
import { html } from '../app/html.js';
import { text } from '../app/text.js';

/** @param {{ name: string, small?: boolean, after?: boolean }} props */
export function Icon({ name, small, after }) {
  return html`<svg class="icon ${small ? 'icon--small' : ''} ${after ? 'icon--after' : ''}" aria-hidden="true"><use href="#i-${name}" /></svg>`;
}

/** A silhouette; with a label it stands alone. @param {{ name: string, label?: string, tone?: string }} props */
export function Glyph({ name, label, tone }) {
  return html`<svg class="glyph ${tone ? `tone-${tone}` : ''}" role=${label ? 'img' : undefined} aria-label=${label} aria-hidden=${label ? undefined : 'true'}>
    <use href="#g-${name}" />
  </svg>`;
}

/** Which silhouette and colour a DAG's state has. @type {Record<string, string>} */
const shapes = {
  running: 'running',
  starting: 'waiting',
  stopping: 'waiting',
  draining: 'waiting',
  waiting: 'waiting',
  outside_window: 'waiting',
  standby: 'waiting',
  suspended: 'suspended',
  stopped: 'stopped',
  ended: 'stopped',
  failed: 'failed',
  invalid: 'failed',
};

/** @param {string} state */
export function shapeOf(state) {
  return shapes[state] ?? 'unknown';
}

/** @param {{ state: string, word?: string, boxed?: boolean }} props */
export function StateBadge({ state, word, boxed }) {
  const shape = shapeOf(state);

  return html`<span class="badge badge--${shape} ${boxed ? 'badge--boxed' : ''}"><${Glyph} name=${shape} />${word ?? text.states[state] ?? state}</span>`;
}

/** @param {{ tone: string, glyph?: string, children?: any }} props */
export function Badge({ tone, glyph, children }) {
  return html`<span class="badge badge--boxed badge--${tone}"><${Glyph} name=${glyph ?? tone} />${children}</span>`;
}
