// toast.js - results of actions; errors stay until they are dismissed.
import { signal } from '@preact/signals';
import { ApiError } from './api.js';

/** @typedef {{ id: number, kind: 'done' | 'failed' | 'warning', text: string, detail: string, action?: { label: string, run: () => void } }} Toast */

export const toasts = signal(/** @type {Toast[]} */ ([]));
/** What screen readers are told. */
export const announcement = signal('');

const SHOWN_MS = 6000;
let lastId = 0;

/** @param {Omit<Toast, 'id'>} toast */
function show(toast) {
  const id = ++lastId;

  toasts.value = [...toasts.value, { ...toast, id }].slice(-4);
  announcement.value = `${toast.text} ${toast.detail}`;
  if (toast.kind !== 'failed') setTimeout(() => dismiss(id), SHOWN_MS);
}

/** @param {number} id */
export function dismiss(id) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** @param {string} text @param {string} [detail] @param {Toast['action']} [action] */
export function tell(text, detail = '', action) {
  show({ kind: 'done', text, detail, action });
}

/** @param {string} text @param {string} [detail] */
export function warn(text, detail = '') {
  show({ kind: 'warning', text, detail });
}

/** @param {string} text what was meant to happen @param {unknown} error */
export function complain(text, error) {
  const detail =
    error instanceof ApiError
      ? `${error.message}${error.requestId ? ` · ${error.code} · request ${error.requestId.slice(0, 8)}` : ''}`
      : String(/** @type {any} */ (error)?.message ?? error);

  show({ kind: 'failed', text, detail });
}
