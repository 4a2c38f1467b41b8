// <details class="pop">: one open at a time, closed by a click outside or Esc, arrow keys inside.
import { $, $$, on } from './dom.js';

const open = () => $('details.pop[open]');

function close(menu, { focus = false } = {}) {
  if (!menu) return false;
  menu.open = false;
  if (focus) $('summary', menu).focus();
  return true;
}

document.addEventListener('click', (event) => {
  const menu = open();
  if (menu && !menu.contains(event.target)) close(menu);
});

document.addEventListener(
  'toggle',
  (event) => {
    const menu = event.target;
    if (!menu.matches?.('details.pop') || !menu.open) return;
    for (const other of $$('details.pop[open]')) if (other !== menu) other.open = false;
    $('[autofocus], .menu input:not([type=hidden])', menu)?.focus();
    keepInView($('.menu', menu));
  },
  true,
);

// A menu near the right edge opens to the left. Set through CSSOM, which the CSP allows.
function keepInView(panel) {
  if (!panel) return;
  panel.style.transform = '';
  const box = panel.getBoundingClientRect();
  const edge = document.documentElement.clientWidth - 8;
  if (box.right > edge) panel.style.transform = `translateX(${Math.round(edge - box.right)}px)`;
}

on('keydown', 'details.pop[open]', (event, menu) => {
  if (event.key === 'Escape') {
    event.stopPropagation();
    close(menu, { focus: true });
    return;
  }
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const items = $$('.menu a, .menu button, .menu input:not([type=hidden])', menu);
  const field = event.target.matches('input:not([type=checkbox]):not([type=radio]), select, textarea');
  if (!items.length || field) return;
  event.preventDefault();
  const step = event.key === 'ArrowDown' ? 1 : -1;
  const next = items.indexOf(document.activeElement) + step;
  items[(next + items.length) % items.length].focus();
});

export const closeMenus = () => close(open());
