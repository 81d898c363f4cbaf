// The page is made once and then changed in place: what one reads, selects or has the focus on stays where it is.
const $ = id => document.getElementById(id);

/** Makes an element: its attributes, then its children; a text is a text and never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }

  element.append(...children);
  return element;
}

/** Changes a text only when it differs: nothing else is worth a repaint, nor a selection that is lost. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function mark(element, level) {
  if (element.dataset.level !== level) element.dataset.level = level;
}

/**
 * Keeps the children of an element in step with a list. Each item has a key and keeps its element for as long as it is
 * in the list.
 */
function keep(parent, items, keyOf, create, update) {
  const known = parent.kept ??= new Map();
  const seen = new Set();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    seen.add(key);
    let element = known.get(key);
    if (!element) {
      element = create(item);
      known.set(key, element);
    }

    if (element !== place) parent.insertBefore(element, place);
    else place = place.nextElementSibling;
    update(element, item);
  }

  for (const [key, element] of known) {
    if (!seen.has(key)) {
      element.remove();
      known.delete(key);
    }
  }
}

/** Tells a screen reader, once, what has changed. */
function announce(text) {
  say($("announcer"), text);
}

