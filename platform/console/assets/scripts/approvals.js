// Approvals: picking cases of one kind, ready-made reasons, moving about a chain by arrow keys.
import { $, $$, isComposing, on } from './dom.js';

/* ---- the inbox: what is ticked is signed together, so it is of one kind -------------------- */

function showPicked(inbox) {
  const boxes = $$('input[data-pick-case]', inbox);
  const picked = boxes.filter((box) => box.checked);
  const kind = picked[0]?.dataset.kind;
  for (const box of boxes) box.disabled = kind !== undefined && box.dataset.kind !== kind;
  $('.inbox-rows', inbox)?.classList.toggle('picking', picked.length > 0);
  const bar = $('[data-picked-bar]', inbox);
  if (!bar) return;
  bar.hidden = picked.length === 0;
  $('[data-no-picks]', inbox).hidden = picked.length > 0;
  $('[data-picked]', bar).textContent = String(picked.length);
}

on('change', 'input[data-pick-case]', (event, box) => showPicked(box.closest('.inbox')));

on('click', '[data-unpick]', (event, button) => {
  const inbox = button.closest('.inbox');
  for (const box of $$('input[data-pick-case]:checked', inbox)) box.checked = false;
  showPicked(inbox);
});

document.addEventListener('htmx:after:swap', () => {
  const inbox = $('.inbox');
  if (!inbox) return;
  showPicked(inbox);
  $('.inbox-item.cur', inbox)?.scrollIntoView({ block: 'nearest' });
});

/* ---- a reason: from the ready-made ones or typed; Enter sends it ---------------------------- */

on('click', '[data-say]', (event, button) => {
  const field = $('textarea', button.closest('form'));
  field.value = button.dataset.say;
  field.focus();
});

on('keydown', 'textarea[data-enter-sends]', (event, field) => {
  if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey || isComposing(event)) return;
  event.preventDefault();
  field.form.requestSubmit($('button[data-default]', field.form) ?? undefined);
});

// A dialog that sent its act is closed by the answer; a refused one stays with what was typed,
// unless the case has gone on: what is signed next is to be looked at first.
document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  const dialog = ctx?.sourceElement?.closest?.('dialog[data-act]');
  const status = ctx?.response?.status;
  if (dialog?.open && (status < 300 || status === 409)) dialog.close();
});

/* ---- the designer: arrows go from card to card, across branches too ------------------------ */

const CARDS = '.chain-cond, .chain-step';

function neighbour(card, key) {
  const branch = card.closest('.chain-branch');
  const cards = $$(CARDS, branch);
  const place = cards.indexOf(card);
  if (key === 'ArrowUp') return cards[place - 1];
  if (key === 'ArrowDown') return cards[place + 1];
  const other = key === 'ArrowLeft' ? branch.previousElementSibling : branch.nextElementSibling;
  const others = other ? $$(CARDS, other) : [];
  return others[Math.min(place, others.length - 1)];
}

on('keydown', CARDS, (event, card) => {
  if (event.altKey || event.ctrlKey || event.metaKey || !event.key.startsWith('Arrow')) return;
  const next = neighbour(card, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
