// Small things that every other module uses.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Call `handler(event, element)` when `type` happens in an element that matches `selector`. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target.closest?.(selector);
      if (element) handler(event, element);
    },
    options,
  );
}

/** True while an input method composes a word: its keys belong to it, not to us. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

const TEXT = 'input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), select, textarea, [contenteditable=true]';

/** True where a letter means a letter. */
export const isTyping = (element) => Boolean(element?.closest?.(TEXT));

/** The dialog on top, if one is open. */
export const openDialog = () => $$('dialog[open]').pop() ?? null;

/** A copy of the content of <template id="…">. */
export const fromTemplate = (id) => $(`#${id}`).content.firstElementChild.cloneNode(true);
