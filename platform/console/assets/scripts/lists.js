// List pages: selection with the bulk bar, rows by keyboard, order of the columns.
import { $, $$, on } from './dom.js';

const rows = () => $$('[data-list] tbody tr[data-row]');
const boxes = (list) => $$('input[data-pick]', list);
let lastPicked = null;

/* ---- selection ----------------------------------------------------------------------------- */

function refresh(list) {
  const all = boxes(list);
  const picked = all.filter((box) => box.checked);
  for (const box of all) box.closest('tr').setAttribute('aria-selected', String(box.checked));
  const head = $('input[data-pick-all]', list);
  if (head) {
    head.checked = picked.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  const bar = $('[data-bulk]', list);
  if (!bar) return;
  const everything = $('input[data-everything]', bar);
  if (everything && picked.length < all.length) everything.checked = false;
  bar.hidden = picked.length === 0;
  const offer = $('[data-everything-offer]', bar);
  if (offer) offer.hidden = picked.length < all.length;
  const count = $('[data-picked]', bar);
  if (count) count.textContent = everything?.checked ? everything.value : String(picked.length);
}

on('change', 'input[data-pick]', (event, box) => {
  const list = box.closest('[data-list]');
  if (!box.checked) lastPicked = null;
  refresh(list);
});

on('click', 'input[data-pick]', (event, box) => {
  const list = box.closest('[data-list]');
  const all = boxes(list);
  if (event.shiftKey && lastPicked && all.includes(lastPicked)) {
    const [from, to] = [all.indexOf(lastPicked), all.indexOf(box)].sort((a, b) => a - b);
    for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    refresh(list);
  }
  lastPicked = box;
});

on('change', 'input[data-pick-all]', (event, head) => {
  const list = head.closest('[data-list]');
  for (const box of boxes(list)) box.checked = head.checked;
  refresh(list);
});

on('change', 'input[data-everything]', (event, box) => refresh(box.closest('[data-list]')));

export function clearSelection() {
  const picked = $$('input[data-pick]:checked');
  if (!picked.length) return false;
  for (const box of picked) box.checked = false;
  refresh(picked[0].closest('[data-list]'));
  return true;
}

on('click', '[data-pick-none]', clearSelection);

/* ---- rows by keyboard and mouse ------------------------------------------------------------ */

const current = () => rows().findIndex((row) => row.classList.contains('cur'));

/** Move to the next (1) or previous (-1) row. */
export function moveRow(step) {
  const all = rows();
  if (!all.length) return false;
  const index = Math.min(Math.max(current() + step, 0), all.length - 1);
  all.forEach((row, position) => row.classList.toggle('cur', position === index));
  all[index].scrollIntoView({ block: 'nearest' });
  $('a, input[data-pick]', all[index])?.focus({ preventScroll: true });
  return true;
}

/** Open the current row. */
export function openRow() {
  const link = $('a[data-row-link]', rows()[current()] ?? document.createElement('tr'));
  link?.click();
  return Boolean(link);
}

/** Select or deselect the current row. */
export function pickRow() {
  const box = $('input[data-pick]', rows()[current()] ?? document.createElement('tr'));
  box?.click();
  return Boolean(box);
}

// A click anywhere in a row opens it; links, buttons and selecting text keep their meaning.
on('click', '[data-list] tbody tr[data-row]', (event, row) => {
  if (event.target.closest('a, button, input, label, summary, select')) return;
  if (String(window.getSelection())) return;
  const link = $('a[data-row-link]', row);
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, '_blank', 'noopener');
  else link.click();
});

on('auxclick', '[data-list] tbody tr[data-row]', (event, row) => {
  const link = $('a[data-row-link]', row);
  if (event.button === 1 && link && !event.target.closest('a')) window.open(link.href, '_blank', 'noopener');
});

/* ---- columns: order by buttons, so that no dragging is needed ------------------------------ */

on('click', '[data-move]', (event, button) => {
  const item = button.closest('[data-movable]');
  const other = button.dataset.move === 'up' ? item.previousElementSibling : item.nextElementSibling;
  if (!other?.matches('[data-movable]')) return;
  if (button.dataset.move === 'up') other.before(item);
  else other.after(item);
  button.focus();
});

document.addEventListener('htmx:before:request', (event) => {
  const target = event.detail.ctx?.target;
  if (target?.id === 'list-body') target.setAttribute('aria-busy', 'true');
});

document.addEventListener('htmx:finally:request', (event) => {
  const target = event.detail.ctx?.target;
  if (target?.id === 'list-body') document.getElementById('list-body')?.removeAttribute('aria-busy');
});

document.addEventListener('htmx:after:swap', () => {
  lastPicked = null;
  for (const list of $$('[data-list]')) refresh(list);
});
for (const list of $$('[data-list]')) refresh(list);
