// Makes elements. Text only ever enters as text, never as HTML.

export const byId = (id) => document.getElementById(id);

export function element(name, text = "", className = "") {
  const node = document.createElement(name);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

export function button(text, className, act) {
  const node = element("button", text, className);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

export function inside(node, ...children) {
  node.append(...children.filter(Boolean));
  return node;
}
