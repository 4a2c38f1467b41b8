// Printing: the button, and pages that print as soon as they are there.
import { on } from './dom.js';

on('click', '[data-print]', () => window.print());

window.addEventListener('load', () => {
  if (document.body.hasAttribute('data-print-now')) window.print();
});
