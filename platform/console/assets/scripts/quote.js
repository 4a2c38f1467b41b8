// The grid of a quote: a block pasted from a spreadsheet fills the cells from where it was pasted,
// amounts and the total follow what is typed. What counts is added up by the server.
const CELL = '[data-quote-cell]';
const SIGNS = /[\s¥￥,，元]/g;
let undone = [];

function numberOf(text) {
  const plain = text.normalize('NFKC').replace(SIGNS, '');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

function spell(amount) {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function addUp(form) {
  let total = 0;
  let any = false;
  for (const row of form.querySelectorAll('[data-quote-row]')) {
    const price = numberOf(row.querySelector(CELL).value);
    const amount = price === null ? null : Math.round(price * Number(row.dataset.quantity) * 100) / 100;
    row.querySelector('[data-quote-amount]').textContent = amount === null ? '' : spell(amount);
    if (amount !== null) {
      total += amount;
      any = true;
    }
  }
  const shown = form.querySelector('[data-quote-total]');
  if (shown) {
    shown.textContent = any ? `¥${spell(total)}` : '—';
  }
}

function put(changes, form) {
  for (const [cell, text] of changes) {
    cell.value = text;
  }
  form.dispatchEvent(new Event('change', { bubbles: true }));
  addUp(form);
}

document.addEventListener('paste', (event) => {
  const cell = event.target.closest?.(CELL);
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!cell || !/[\t\n]/.test(text.trim())) {
    return;
  }
  event.preventDefault();
  const form = cell.closest('form');
  const rows = [...form.querySelectorAll('[data-quote-row]')];
  const first = rows.indexOf(cell.closest('[data-quote-row]'));
  const column = [...rows[first].querySelectorAll(CELL)].indexOf(cell);
  const block = text.replace(/\r/g, '').replace(/\n+$/, '').split('\n').map((line) => line.split('\t'));
  const changes = [];
  block.forEach((values, down) => {
    const cells = rows[first + down] ? [...rows[first + down].querySelectorAll(CELL)] : [];
    values.forEach((value, right) => {
      const target = cells[column + right];
      if (target) {
        changes.push([target, value.trim()]);
      }
    });
  });
  undone = changes.map(([target]) => [target, target.value]);
  put(changes, form);
  const told = form.querySelector('[data-quote-pasted]');
  const words = told.querySelector('[data-template]');
  words.textContent = words.dataset.template
    .replace('{rows}', Math.min(block.length, rows.length - first))
    .replace('{columns}', block[0].length);
  told.hidden = false;
});

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-quote-undo]');
  if (button) {
    put(undone, button.closest('form'));
    button.closest('[data-quote-pasted]').hidden = true;
  }
});

document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-quote]');
  if (form && event.target.matches(CELL)) {
    addUp(form);
  }
});

document.addEventListener('keydown', (event) => {
  const cell = event.target.closest?.(CELL);
  const steps = { ArrowDown: 1, ArrowUp: -1, Enter: 1 };
  if (!cell || !(event.key in steps) || event.isComposing) {
    return;
  }
  const rows = [...cell.closest('form').querySelectorAll('[data-quote-row]')];
  const row = cell.closest('[data-quote-row]');
  const column = [...row.querySelectorAll(CELL)].indexOf(cell);
  const next = rows[rows.indexOf(row) + steps[event.key]]?.querySelectorAll(CELL)[column];
  event.preventDefault();
  next?.focus();
  next?.select();
});

for (const form of document.querySelectorAll('form[data-quote]')) {
  addUp(form);
}
