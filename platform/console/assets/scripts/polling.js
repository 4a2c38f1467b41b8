// Long work: <div hx-get="…" hx-trigger="poll" hx-swap="outerHTML" data-poll="2000">
// asks again after each answer while the answer still carries data-poll. A hidden page asks
// rarely, a failing server less and less.
import { $$ } from './dom.js';

const HIDDEN_FACTOR = 10;
const MAX_MS = 60000;
const timers = new WeakMap();
let failures = 0;

function schedule(element) {
  if (timers.has(element)) return;
  const base = Math.max(Number(element.dataset.poll) || 2000, 500);
  const wait = base * (document.hidden ? HIDDEN_FACTOR : 1) * 2 ** Math.min(failures, 5);
  timers.set(
    element,
    setTimeout(() => {
      timers.delete(element);
      if (element.isConnected) window.htmx.trigger(element, 'poll');
    }, Math.min(wait, MAX_MS)),
  );
}

const scan = () => $$('[data-poll]').forEach(schedule);

document.addEventListener('htmx:finally:request', (event) => {
  const { ctx } = event.detail;
  if (!ctx?.sourceElement?.matches?.('[data-poll]')) return;
  failures = ctx.response?.status < 400 ? 0 : failures + 1;
  scan();
});
document.addEventListener('htmx:after:process', scan);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  for (const element of $$('[data-poll]')) {
    clearTimeout(timers.get(element));
    timers.delete(element);
    window.htmx?.trigger(element, 'poll');
  }
});
