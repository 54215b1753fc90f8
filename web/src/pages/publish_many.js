// publish_many.js - the same messages many times: at once in batches, or at a rate.
import { ApiError } from '../app/api.js';

export const REPEAT_MAX = 100000;
/** So many messages in a request at most. */
const BATCH_MAX = 1000;
/** Requests come no closer than this: more often, several messages go in one. */
const TICK_MS = 100;
const RETRY_MS = 1000;

/** @param {number} ms @param {AbortSignal} signal */
const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));

    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(undefined);
    }, { once: true });
  });

/** JSON on one line: a newline can't stand within a string. @param {string} source */
export const onOneLine = (source) => source.trim().replace(/\s*\n\s*/g, ' ');

/**
 * Sends `repeat` rounds of the lines, a round every `every` ms. Where the server took only some of
 * them and asks to wait, it waits and goes on with the rest.
 * @param {{ lines: string[], repeat: number, every: number, send: (ndjson: string) => Promise<any>, onProgress: (accepted: number, rate: number) => void, signal: AbortSignal }} how
 * @returns {Promise<any>} the last reply, or null when the server took nothing
 */
export async function publishMany({ lines, repeat, every, send, onProgress, signal }) {
  const all = repeat * lines.length;
  const begin = Date.now();
  let sent = 0;
  let reply = null;
  const take = (/** @type {number} */ accepted) => {
    sent += accepted;
    onProgress(sent, sent / Math.max(0.001, (Date.now() - begin) / 1000));
  };

  while (sent < all && !signal.aborted) {
    const rounds = every === 0 ? repeat : Math.min(repeat, Math.floor((Date.now() - begin) / every) + 1);
    const count = Math.min(rounds * lines.length - sent, BATCH_MAX);

    if (count <= 0) {
      await pause(Math.max(begin + rounds * every - Date.now(), Math.min(TICK_MS, every)), signal);
      continue;
    }
    try {
      reply = await send(Array.from({ length: count }, (_, i) => `${lines[(sent + i) % lines.length]}\n`).join(''));
      take(reply.accepted);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 429 && error.status !== 503)) throw error;
      take(error.accepted);
      await pause(error.retryAfter * 1000 || RETRY_MS, signal);
    }
  }
  return reply;
}
