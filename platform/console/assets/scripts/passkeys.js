// Passkeys: the server's question goes to the browser, its answer back. Forms carry
// data-passkey="create|get", data-begin and data-finish; without support they stay hidden.
import { $$, on } from './dom.js';

const decode = (text) => {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

function question(options) {
  const key = { ...options.publicKey, challenge: decode(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: decode(key.user.id) };
  for (const name of ['allowCredentials', 'excludeCredentials']) {
    if (key[name]) key[name] = key[name].map((one) => ({ ...one, id: decode(one.id) }));
  }
  return { publicKey: key };
}

function answer(credential) {
  const response = {};
  for (const name of [
    'clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle',
  ]) {
    if (credential.response[name]) response[name] = encode(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function ask(address, token, body) {
  const sent = await fetch(address, {
    method: 'POST',
    headers: { 'X-CSRFToken': token, 'Content-Type': 'application/json' },
    body: body ? JSON.stringify(body) : '{}',
  });
  const isJson = sent.headers.get('Content-Type')?.includes('json');
  return isJson ? sent.json() : { error: '' };
}

on('submit', 'form[data-passkey]', async (event, form) => {
  event.preventDefault();
  const failed = form.querySelector('[data-passkey-failed]');
  const token = form.elements.csrfmiddlewaretoken.value;
  failed.hidden = true;
  try {
    const options = question(await ask(form.dataset.begin, token));
    const credential =
      form.dataset.passkey === 'create'
        ? await navigator.credentials.create(options)
        : await navigator.credentials.get(options);
    const name = form.elements.name?.value;
    const next = form.elements.next?.value;
    const query = new URLSearchParams({ ...(name && { name }), ...(next && { next }) });
    const told = await ask(`${form.dataset.finish}?${query}`, token, answer(credential));
    if (told.target) window.location.assign(told.target);
    else if (told.submit) document.getElementById(form.dataset.then).submit();
    else throw new Error(told.error);
  } catch (error) {
    // A browser's own words are in its language and name no way out; the server's do.
    if (error.name === 'Error' && error.message) failed.querySelector('p').textContent = error.message;
    failed.hidden = false;
    for (const button of $$('button', form)) button.disabled = false;
  }
}, true);

if (!window.PublicKeyCredential) {
  for (const form of $$('form[data-passkey]')) form.hidden = true;
}
