/** Holding a finger on something, which on phones asks for its menu. */

const LONG = 450;
const STEADY = 10;

/**
 * Call `open` with the element held and the point, once the finger is lifted after a long hold.
 * Only then, because a menu opened under the finger would be closed by lifting it.
 * @param {Element} root
 * @param {string} selector what can be held
 * @param {(node: Element, where: {x: number, y: number}) => void} open
 */
export function onHold(root, selector, open) {
  let hold = null;

  const drop = () => {
    clearTimeout(hold?.timer);
    hold?.node.classList.remove("held");
    hold = null;
  };

  root.addEventListener("pointerdown", (event) => {
    drop();
    const node = event.target.closest(selector);
    if (event.pointerType !== "touch" || !node) return;
    hold = { node, x: event.clientX, y: event.clientY, long: false };
    hold.timer = setTimeout(() => {
      hold.long = true;
      node.classList.add("held");
    }, LONG);
  });

  root.addEventListener("pointermove", (event) => {
    if (!hold) return;
    if (Math.hypot(event.clientX - hold.x, event.clientY - hold.y) > STEADY) drop();
  });

  const lift = () => {
    const held = hold?.long ? hold : null;
    drop();
    if (!held) return;
    swallowClick(root);
    setTimeout(() => open(held.node, { x: held.x, y: held.y }));
  };
  root.addEventListener("pointerup", lift);
  root.addEventListener("pointercancel", lift);
}

/** Lifting the finger after a hold is no tap on what lies under it. */
function swallowClick(root) {
  const swallow = (event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  root.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => root.removeEventListener("click", swallow, { capture: true }), 100);
}
