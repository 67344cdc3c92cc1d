// A page that lists what the store holds. It reads only, over the interface that any front end uses.

const search = document.getElementById("search");
const state = document.getElementById("state");
const type = document.getElementById("type");
const sort = document.getElementById("sort");
const cards = document.getElementById("cards");
const count = document.getElementById("count");
const message = document.getElementById("message");
const template = document.getElementById("card");

const kPage = 60;
let cursor = "";
let reading = 0;

function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit + 1 < units.length) {
    value /= 1000;
    ++unit;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function pictureOf(record) {
  if (!record.image) return document.createTextNode((record.name || "?").charAt(0).toUpperCase());
  const image = document.createElement("img");
  image.src = record.state === "pending" ? `/api/images/pending/${record.image}` : `/files/${record.image}`;
  image.alt = "";
  image.loading = "lazy";
  return image;
}

function cardOf(record) {
  const card = template.content.cloneNode(true).firstElementChild;
  card.classList.add(record.state);
  card.querySelector(".picture").append(pictureOf(record));
  const name = card.querySelector("h2");
  name.textContent = record.name;
  name.title = record.path || record.name;
  card.querySelector(".facts").textContent = [record.type, size(record.size_bytes)].filter(Boolean).join(" · ");
  for (const tag of record.tags) {
    const label = document.createElement("span");
    label.className = "tag";
    label.textContent = tag.name;
    if (tag.color && CSS.supports("color", tag.color)) label.style.borderColor = tag.color;
    card.querySelector(".tags").append(label);
  }
  return card;
}

async function ask(path) {
  const answer = await fetch(path);
  const document = await answer.json();
  if (!answer.ok) throw new Error(document.error);
  return document;
}

// Reads the next page, or the first one of what is asked for now. An answer that comes too late is dropped.
async function read(first) {
  const number = ++reading;
  const [key, order] = sort.value.split(" ");
  const query = new URLSearchParams({ state: state.value, sort: key, order, limit: kPage });
  if (search.value.trim()) query.set("q", search.value);
  if (type.value) query.set("type", type.value);
  if (!first) query.set("cursor", cursor);
  try {
    const page = await ask(`/api/models?${query}`);
    if (number !== reading) return;
    if (first) cards.replaceChildren();
    cards.append(...page.models.map(cardOf));
    cursor = page.next_cursor;
    count.textContent = page.total.toLocaleString();
    message.textContent = page.total === 0 ? "Nothing found." : "";
    more();
  } catch (error) {
    if (number === reading) message.textContent = error.message;
  }
}

// The next page is read before its place is scrolled to.
function more() {
  const below = document.documentElement.scrollHeight - window.scrollY - window.innerHeight;
  if (!cursor || below > 800) return;
  read(false);
  cursor = "";
}

async function readTypes() {
  const { types } = await ask("/api/models/get_types");
  for (const name of types) type.append(new Option(name, name));
}

let typing = 0;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => read(true), 150);
});
for (const choice of [state, type, sort]) choice.addEventListener("change", () => read(true));
window.addEventListener("scroll", more, { passive: true });

readTypes().catch(() => {});
read(true);
