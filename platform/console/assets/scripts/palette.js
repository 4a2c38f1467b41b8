// Ctrl K: one box for everything. The server answers with groups of links (role=option).
import { $, $$, isComposing, on } from './dom.js';

const palette = () => $('#palette');
const options = () => $$('[role=option]', palette());

export function openPalette() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  dialog.showModal();
  $('input', dialog).select();
}

function choose(option) {
  const input = $('input', palette());
  for (const other of options()) other.setAttribute('aria-selected', String(other === option));
  if (option) {
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else {
    input.removeAttribute('aria-activedescendant');
  }
}

const chosen = () => options().find((option) => option.getAttribute('aria-selected') === 'true');

on('keydown', '#palette input', (event) => {
  if (isComposing(event)) return;
  const all = options();
  const at = all.indexOf(chosen());
  if (event.key === 'ArrowDown') choose(all[(at + 1) % all.length]);
  else if (event.key === 'ArrowUp') choose(all[(at - 1 + all.length) % all.length]);
  else if (event.key === 'Enter' && chosen()) open(chosen(), event);
  else return;
  event.preventDefault();
});

function open(option, event) {
  if (event.ctrlKey || event.metaKey) window.open(option.href, '_blank', 'noopener');
  else location.assign(option.href);
}

// While a person types, the first hit is the one that Enter opens.
document.addEventListener('htmx:after:swap', (event) => {
  if ((event.detail.ctx?.target ?? event.target).id !== 'palette-results') return;
  const all = options();
  $('input', palette()).setAttribute('aria-expanded', String(all.length > 0));
  choose(all[0]);
});

// Enter before the answer has come: the form would leave for the full page of results.
on('submit', '#palette form', (event) => {
  if (chosen()) event.preventDefault();
});
