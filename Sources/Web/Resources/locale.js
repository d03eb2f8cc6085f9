// The page's words. They come in one small file a language, of which only the one in use is loaded.

export const languages = {
  en: "English", de: "Deutsch", fr: "Français", es: "Español", pt: "Português", ja: "日本語", "zh-Hans": "简体中文", ar: "العربية",
};

let words = {};
let tag = "en";
let plurals, numbers;
const listeners = [];

// What the browser's owner reads, as far as the page speaks it.
export function preferred(wanted = navigator.languages) {
  for (const language of wanted) {
    const primary = language.split("-")[0].toLowerCase();
    const found = Object.keys(languages).find((known) => known.split("-")[0] === primary);
    if (found) return found;
  }
  return "en";
}

export async function speak(language) {
  const answer = await fetch(`/page/${language.split("-")[0]}.json`, { credentials: "omit" });
  if (!answer.ok) throw new Error("no words");
  words = await answer.json();
  tag = language;
  plurals = new Intl.PluralRules(tag);
  numbers = new Intl.NumberFormat(tag);
  document.documentElement.lang = tag;
  document.documentElement.dir = tag === "ar" ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) {
    node.ariaLabel = t(node.dataset.tLabel);
    if (node.matches(".round")) node.title = node.ariaLabel; // for those who point at a drawing without words
  }
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
  for (const act of listeners) act();
}

// Called when the language has changed.
export const onSpeak = (act) => listeners.push(act);

export const language = () => tag;
export const knows = (key) => key in words;

export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => {
    const value = values[name];
    return value === undefined ? all : typeof value === "number" ? numbers.format(value) : value;
  });
}

// The form of a phrase that goes with a number.
export function count(key, number, values = {}) {
  const form = `${key}.${plurals.select(number)}`;
  return t(form in words ? form : `${key}.other`, { n: number, ...values });
}

export const seconds = (number, digits = 0) =>
  new Intl.NumberFormat(tag, {
    style: "unit", unit: "second", unitDisplay: digits ? "short" : "long", maximumFractionDigits: digits, minimumFractionDigits: digits,
  }).format(number);

export const percent = (part) => new Intl.NumberFormat(tag, { style: "percent" }).format(part);

// The name of a language in the language in use.
export const nameOf = (code) => new Intl.DisplayNames(tag, { type: "language" }).of(code);
