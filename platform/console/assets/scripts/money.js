// Amount fields: what people type and paste becomes a plain number when they leave the field.
// The server reads the same forms; nothing is computed here.
import { on } from './dom.js';

const WIDE = /[\uFF10-\uFF19\uFF0E\uFF0C\uFF0D\uFFE5]/g;
const NARROW = { '\uFF0E': '.', '\uFF0C': ',', '\uFF0D': '-', '\uFFE5': '¥' };

/** `￥２,３００．５` → `2300.50`; a text that is no amount is left as it is. */
export function normalise(text) {
  const plain = text
    .replace(WIDE, (sign) => NARROW[sign] ?? String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\s\u00A0\u3000]/g, '')
    .replace(/^[¥$]|元$/g, '')
    .replace(/\u2212/g, '-')
    .replace(/。/g, '.');
  // A comma stands between thousands only: 2,80 is a slip of the finger and not 280.
  const bare = /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(',', '') : plain;
  const match = bare.match(/^(-?)(\d*)(?:\.(\d*))?$/);
  if (!match || (!match[2] && !match[3])) return text;
  const [, sign, whole, part = ''] = match;
  // More than two decimals are somebody's mistake: the server says so, we do not round.
  return `${sign}${whole.replace(/^0+(?=\d)/, '') || '0'}.${part.padEnd(2, '0')}`;
}

on('focusout', '[data-money]', (event, input) => {
  if (!input.value.trim()) return;
  const value = normalise(input.value);
  if (value === input.value) return;
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
});

on('focusin', '[data-money]', (event, input) => input.select());

// A wheel over a focused number field must scroll the page, not change an amount.
document.addEventListener(
  'wheel',
  (event) => {
    if (event.target.matches?.('input[type=number]:focus')) event.target.blur();
  },
  { passive: true },
);
