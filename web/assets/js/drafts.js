// Replies that the server does not have yet, kept in this browser until it does: one per save address.
const key = (url) => `candor-answer:${new URL(url, location.href).pathname}`;

/** `{reply, comment, revision}`, `revision` being the one it was written against; null when there is none. */
export function load(url) {
  try {
    return JSON.parse(localStorage.getItem(key(url)));
  } catch {
    return null;
  }
}

/** Whether it could be kept: a full or forbidden storage says no. */
export function keep(url, draft) {
  try {
    localStorage.setItem(key(url), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Forgets it. */
export function drop(url) {
  try {
    localStorage.removeItem(key(url));
  } catch {
    // Nothing could be kept, so nothing is to forget.
  }
}
