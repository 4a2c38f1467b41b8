// A scanner is a keyboard that types twelve or more characters with less than 30 ms between them on
// average and ends with Enter. Pages listen for the event `scan`: event.detail.code. A page that takes
// scans calls preventDefault(); otherwise the code is told to be unknown here.
import { $ } from './dom.js';
import { toast } from './feedback.js';

const AVERAGE_MS = 30;
const PAUSE_MS = 100; // a busy PC may be late once; a longer pause begins anew
const LENGTH = 12;
let buffer = '';
let first = 0;
let last = 0;

document.addEventListener(
  'keydown',
  (event) => {
    const now = event.timeStamp;
    if (now - last > PAUSE_MS) buffer = '';
    last = now;
    if (event.key === 'Enter') {
      const isScan = buffer.length >= LENGTH && (now - first) / buffer.length < AVERAGE_MS;
      const code = isScan ? buffer : '';
      buffer = '';
      if (code) handle(code, event);
      return;
    }
    if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!buffer) first = now;
    buffer += event.key;
  },
  true,
);

function handle(code, event) {
  event.preventDefault();
  event.stopPropagation();
  const field = event.target.matches?.('input, textarea') ? event.target : null;
  // The field took the characters of the scan as typing; give it back what it held.
  if (field && !field.matches('[data-scan-field]') && field.value.endsWith(code)) {
    field.value = field.value.slice(0, -code.length);
  }
  const scan = new CustomEvent('scan', { detail: { code }, bubbles: true, cancelable: true });
  const unheard = (field ?? document.body).dispatchEvent(scan);
  if (unheard) toast($('#t-scan').content.firstElementChild.textContent);
}
