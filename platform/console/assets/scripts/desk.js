// The cashier desk: search by keyboard and scanner, the way to pay, the print, a lost answer.
// No sum is made here: the server answers each change with the sums.
import { $, $$, isComposing, on } from './dom.js';
import { dropBanner } from './feedback.js';

const search = () => $('[data-desk-search] input[name=q]');
const options = () => $$('#desk-found [role=option]');
const chosen = () => options().find((option) => option.getAttribute('aria-selected') === 'true');

/* ---- search -------------------------------------------------------------------------------- */

function choose(option) {
  const input = search();
  for (const other of options()) other.setAttribute('aria-selected', String(other === option));
  if (option) {
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else {
    input.removeAttribute('aria-activedescendant');
  }
}

on('keydown', '[data-desk-search] input', (event) => {
  if (isComposing(event)) return;
  const all = options();
  const at = all.indexOf(chosen());
  if (event.key === 'ArrowDown' && all.length) choose(all[(at + 1) % all.length]);
  else if (event.key === 'ArrowUp' && all.length) choose(all[(at - 1 + all.length) % all.length]);
  else if (event.key === 'Enter' && chosen()) chosen().click();
  else return;
  event.preventDefault();
});

document.addEventListener('scan', (event) => {
  const input = search();
  if (!input) return;
  event.preventDefault();
  input.value = event.detail.code;
  input.form.requestSubmit();
});

/* ---- the payment --------------------------------------------------------------------------- */

const form = () => $('#desk-form');
const changed = (element) => element.dispatchEvent(new Event('change', { bubbles: true }));

on('change', 'input[data-check-all]', (event, head) => {
  const boxes = $$(`input[name="${head.dataset.checkAll}"]`, head.closest('table'));
  for (const box of boxes) box.checked = head.checked;
});

on('change', '#desk-bills input[name=line]', (event, box) => {
  const boxes = $$('input[name=line]', box.closest('table'));
  const head = $('input[data-check-all]', box.closest('table'));
  const count = boxes.filter((each) => each.checked).length;
  head.checked = count === boxes.length;
  head.indeterminate = count > 0 && count < boxes.length;
});

on('change', '[data-desk-method]', (event, radio) => {
  form().dataset.method = radio.value;
});

// A shortcut or the mouse leads on to what belongs to the way to pay; arrow keys walk through them.
on('click', '[data-desk-method]', (event, radio) => {
  if (event.isTrusted && event.detail === 0) return;
  form().dataset.method = radio.value;
  $(radio.value === 'CASH' ? '[name=tendered]' : '[name=reference]', form())?.focus();
});

on('click', '[data-tendered]', (event, button) => {
  const input = $('[name=tendered]', form());
  input.value = button.dataset.tendered;
  changed(input);
  $('[data-desk-take]').focus();
});

// Switches that stay as they were left on this computer.
function restoreKept(within = document) {
  for (const box of $$('input[data-keep]', within)) {
    const kept = localStorage.getItem(box.dataset.keep);
    if (kept !== null) box.checked = kept === '1';
  }
}

on('change', 'input[data-keep]', (event, box) => localStorage.setItem(box.dataset.keep, box.checked ? '1' : '0'));

let wantsPrint = true;
document.addEventListener('submit', (event) => {
  if (event.target.id === 'desk-form') wantsPrint = $('[name=print]', event.target).checked;
}, true);

document.addEventListener('htmx:after:swap', (event) => {
  const target = event.detail.ctx?.target ?? event.target;
  if (target.id === 'desk-found') {
    search()?.setAttribute('aria-expanded', String(options().length > 0));
    return;
  }
  if (target.id !== 'desk') return;
  dropBanner('money');
  restoreKept(target);
  const field = $('[data-focus]', target);
  field?.focus();
  field?.select();
  // The paper opens in a window of its own, always the same one.
  const print = $('form[data-print-receipt]', target);
  if (print && wantsPrint) print.requestSubmit();
});
restoreKept();

// A receipt was voided in the side sheet: what is shown of it, or of its household, is out of date.
document.addEventListener('receipts:changed', (event) => {
  const { receipt, household } = event.detail;
  const shows = $(`[data-receipt="${receipt}"], [data-household="${household}"]`);
  if (!shows) return;
  if (!$('#desk')) location.reload();
  else window.htmx.ajax('GET', `${location.pathname}?household=${household}`, { target: '#desk', swap: 'innerHTML' });
});

/* ---- a lost answer: never "failed", never a second charge ----------------------------------- */

function ask() {
  const box = $('#desk-outcome');
  if (!box || $('[data-outcome-pending]', box)) return;
  $('[data-desk-take]').disabled = true;
  delete $('[data-desk-take]').dataset.locked; // the form's own lock would open it too early
  box.replaceChildren($('#t-outcome').content.cloneNode(true));
  window.htmx.process(box);
}

const isPayment = (ctx) => ctx?.sourceElement?.id === 'desk-form' && ctx.request?.method === 'POST';

document.addEventListener('htmx:error', (event) => {
  if (isPayment(event.detail.ctx)) setTimeout(ask);
});
document.addEventListener('htmx:response:error', (event) => {
  const { ctx } = event.detail;
  if (isPayment(ctx) && ctx.response.status >= 500) setTimeout(ask);
});
document.addEventListener('htmx:after:swap', () => {
  if (!$('[data-outcome-settled]')) return;
  dropBanner('money');
  $('[data-desk-take]').disabled = false;
});
