// api.js - calls the REST API; every failure is an ApiError that can be shown as it is.
import { signal } from '@preact/signals';

/** The signed-in user's CSRF token; set from every reply of /me and /login. */
let csrfToken = '';

/** Whether the last call reached the server. */
export const isOnline = signal(true);

const PROBE_MS = 3000;

/** Asks until the server is back: a page on which nobody does anything finds out, too. */
function probe() {
  if (isOnline.value) return;
  fetch('/api/v1/me', { credentials: 'same-origin' }).then(
    () => (isOnline.value = true),
    () => setTimeout(probe, PROBE_MS),
  );
}

/** Called when a call finds that nobody is signed in (any more). @type {{ run: () => void }} */
export const signedOut = { run: () => {} };

/** @param {string | null | undefined} token */
export function setCsrfToken(token) {
  csrfToken = token ?? '';
}

export class ApiError extends Error {
  /**
   * @param {number} status 0: the server can't be reached
   * @param {string} code
   * @param {string} message
   * @param {{ request_id?: string, errors?: any[], retry_after?: number, accepted?: number }} [more]
   */
  constructor(status, code, message, more = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = more.request_id ?? '';
    this.errors = more.errors ?? [];
    this.retryAfter = more.retry_after ?? 0;
    /** Of a batch of which not all was taken. */
    this.accepted = more.accepted ?? 0;
  }
}

/**
 * @typedef {object} CallOptions
 * @property {any} [body] sent as JSON, unless it is a string: then as it is
 * @property {string} [type] media type of a string body
 * @property {string} [ifMatch]
 * @property {AbortSignal} [signal]
 * @property {string} [key] Idempotency-Key
 */

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {CallOptions} [options]
 * @returns {Promise<{ body: any, text: string, etag: string, status: number }>}
 */
export async function call(method, path, options = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  let body;

  if (options.body !== undefined) {
    headers['Content-Type'] = options.type ?? 'application/json';
    body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
  }
  if (method !== 'GET') headers['X-CSRF-Token'] = csrfToken;
  if (options.ifMatch) headers['If-Match'] = options.ifMatch;
  if (options.key) headers['Idempotency-Key'] = options.key;

  let reply;

  try {
    reply = await fetch(`/api/v1${path}`, { method, headers, body, signal: options.signal, credentials: 'same-origin' });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    if (isOnline.value) setTimeout(probe, PROBE_MS);
    isOnline.value = false;
    throw new ApiError(0, 'unreachable', 'The server can’t be reached.');
  }
  isOnline.value = true;
  const text = await reply.text();
  const isJson = (reply.headers.get('Content-Type') ?? '').includes('json');
  const parsed = isJson && text && !(options.type === 'text') ? JSON.parse(text) : null;

  if (reply.ok) return { body: parsed, text, etag: reply.headers.get('ETag') ?? '', status: reply.status };
  if (reply.status === 401 && path !== '/login') signedOut.run();
  throw new ApiError(reply.status, parsed?.code ?? 'unknown', parsed?.detail || parsed?.title || reply.statusText, {
    request_id: parsed?.request_id ?? reply.headers.get('X-Request-Id') ?? '',
    errors: parsed?.errors,
    accepted: parsed?.accepted,
    retry_after: Number(reply.headers.get('Retry-After')) || 0,
  });
}

/** @param {string} path @param {CallOptions} [options] */
export const get = async (path, options) => (await call('GET', path, options)).body;
/** @param {string} path @param {any} [body] @param {CallOptions} [options] */
export const post = async (path, body, options) => (await call('POST', path, { ...options, body })).body;

/** A path with each part encoded. @param {TemplateStringsArray} strings @param {...(string | number)} values */
export function path(strings, ...values) {
  return strings.reduce((all, part, i) => all + part + (i < values.length ? encodeURIComponent(values[i]) : ''), '');
}

/** "?a=1&b=2" of what is set. @param {Record<string, string | number | boolean | null | undefined>} parameters */
export function query(parameters) {
  const search = new URLSearchParams();

  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null && value !== '' && value !== false) search.set(name, String(value === true ? 1 : value));
  const text = search.toString();

  return text ? `?${text}` : '';
}
