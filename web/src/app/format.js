// format.js - numbers, times and durations for people. Unknown is "-", zero is "0".
import { signal } from '@preact/signals';

export const UNKNOWN = '-';

/** Times are shown in UTC, or in the browser's zone. */
export const isUtc = signal(readUtc());

function readUtc() {
  try {
    return localStorage.getItem('dagd.utc') === '1';
  } catch {
    return false;
  }
}

/** @param {boolean} value */
export function setUtc(value) {
  isUtc.value = value;
  localStorage.setItem('dagd.utc', value ? '1' : '0');
}

const whole = new Intl.NumberFormat('en', { useGrouping: true, maximumFractionDigits: 0 });
const steps = /** @type {[number, string][]} */ ([
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]);

/** Counters may be decimal strings. @param {any} value @returns {number | null} */
function numberOf(value) {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);

  return Number.isFinite(number) ? number : null;
}

/** 12100 -> "12.1k"; always at most five characters. @param {any} value */
export function short(value) {
  const number = numberOf(value);

  if (number === null) return UNKNOWN;
  const size = Math.abs(number);

  for (const [limit, unit] of steps)
    if (size >= limit * 0.9995) return `${digits(number / limit, 3)}${unit}`;
  return size === 0 ? '0' : size < 10 && !Number.isInteger(number) ? number.toFixed(1) : String(Math.round(number));
}

/** @param {number} number @param {number} count */
function digits(number, count) {
  const before = Math.floor(Math.log10(Math.abs(number))) + 1;

  return number.toFixed(Math.max(0, Math.min(1, count - before)));
}

/** With thin spaces between groups of three. @param {any} value */
export function count(value) {
  if (typeof value === 'string' && /^\d+$/.test(value)) return value.replace(/\B(?=(\d{3})+$)/g, ' ');
  const number = numberOf(value);

  return number === null ? UNKNOWN : whole.format(number).replaceAll(',', ' ');
}

/** @param {any} bytes */
export function size(bytes) {
  const number = numberOf(bytes);

  if (number === null) return UNKNOWN;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let left = number;

  while (left >= 1024 && at < units.length - 1) {
    left /= 1024;
    at++;
  }
  return `${at === 0 ? left : left.toFixed(left < 10 ? 1 : 0)} ${units[at]}`;
}

/** Microseconds as milliseconds: 4100 -> "4.1". @param {any} us */
export function milliseconds(us) {
  const number = numberOf(us);

  if (number === null) return UNKNOWN;
  const ms = number / 1000;

  return ms === 0 ? '0' : ms < 0.01 ? '<0.01' : ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : String(Math.round(ms));
}

/** "4 h 12 min". @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return UNKNOWN;
  const whole_ = Math.max(0, Math.floor(seconds));

  if (whole_ < 60) return `${whole_} s`;
  if (whole_ < 3600) return `${Math.floor(whole_ / 60)} min`;
  if (whole_ < 86400) return `${Math.floor(whole_ / 3600)} h ${Math.floor((whole_ % 3600) / 60)} min`;
  return `${Math.floor(whole_ / 86400)} d ${Math.floor((whole_ % 86400) / 3600)} h`;
}

/** "3 min ago". @param {string | null | undefined} time RFC 3339 @param {number} [now] milliseconds */
export function ago(time, now = Date.now()) {
  if (!time) return UNKNOWN;
  const seconds = (now - Date.parse(time)) / 1000;

  return seconds < 5 ? 'just now' : `${duration(seconds)} ago`;
}

/** @param {Intl.DateTimeFormatOptions} options */
function formatter(options) {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: isUtc.value ? 'UTC' : undefined });
}

/** "12:04:11". @param {string | number | null | undefined} time */
export function clock(time) {
  return time ? formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(time)) : UNKNOWN;
}

/** "24 Nov 2026, 12:04:11". @param {string | number | null | undefined} time */
export function dateTime(time) {
  return time
    ? formatter({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
        new Date(time),
      )
    : UNKNOWN;
}

/** "Tue 24 Nov, 17:00". @param {string | number | null | undefined} time */
export function dayTime(time) {
  return time
    ? formatter({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(time))
    : UNKNOWN;
}

/** "0900" or "09:00" -> "09:00". @param {string | null | undefined} time */
export function windowTime(time) {
  return time ? (time.includes(':') ? time : `${time.slice(0, 2)}:${time.slice(2)}`) : '';
}
