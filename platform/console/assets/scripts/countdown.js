// The time left until a deadline, by the server's clock: the difference to this one's is taken when
// the page comes, so that a wrong clock here does not lengthen it. Without this the text stays.
const TICK = 1000;

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
}

function show(element, left) {
  const shown = element.querySelector('[data-left]');
  if (left <= 0) {
    shown.textContent = element.dataset.over;
    element.classList.add('c-bad');
    return false;
  }
  const seconds = Math.floor(left / 1000);
  const days = Math.floor(seconds / 86400);
  const values = {
    days,
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
  const text = fill(days > 0 ? element.dataset.days : element.dataset.hours, values);
  if (shown.textContent !== text) {
    shown.textContent = text;
  }
  element.classList.toggle('c-bad', seconds < 3600);
  return true;
}

function run(element) {
  const ahead = Date.parse(element.dataset.now) - Date.now();
  const end = Date.parse(element.dataset.countdown);
  const left = () => end - Date.now() - ahead;
  if (!show(element, left())) {
    return;
  }
  const timer = setInterval(() => {
    if (!element.isConnected || !show(element, left())) {
      clearInterval(timer);
    }
  }, TICK);
}

for (const element of document.querySelectorAll('[data-countdown]')) {
  run(element);
}
