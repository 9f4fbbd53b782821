/* CSS: what every engine knew at the end of 2021 is known to the floor of docs/browsers.md. What the
   Baseline counts from later stands here, each with the reason why it may be used. */

// The floor knows these: the Baseline waits for a detail of them.
const known = {
  appearance: ["/^.+$/"], // Safari 15.4
  clip: ["/^.+$/"], // everywhere; deprecated
  "color-scheme": ["/^.+$/"], // Firefox 96
  mask: ["/^.+$/"], // with its prefix before it
  outline: ["/^.+$/"], // Safari follows rounded corners from 16.4 only
  "overflow-wrap": ["anywhere"], // Safari 15.4
  rotate: ["/^.+$/"], // Chrome 104
  "scroll-behavior": ["/^.+$/"], // Safari 15.4
  "text-size-adjust": ["/^.+$/"], // with its prefix where it is needed
  "user-select": ["/^.+$/"], // with its prefix in Safari
};
const selectors = ["backdrop", "focus-visible", "marker", "selection"]; // Safari 15.4; a colour at most

// Newer, and nothing is lost without them.
const better = {
  "accent-color": ["/^.+$/"], // a box ticked in the browser's own blue
  "backdrop-filter": ["/^.+$/"], // behind a dialog: no blur
  "forced-color-adjust": ["/^.+$/"], // where colours are forced: Windows, whose browsers know it
  "field-sizing": ["/^.+$/"], // a text to copy scrolls in its box
  "font-family": ["ui-monospace"], // then any monospace
  page: ["/^.+$/"], // on paper, where it is not known: upright
  "print-color-adjust": ["/^.+$/"], // with its prefix before it
  resize: ["/^.+$/"], // iOS has no corner to pull
  zoom: ["/^.+$/"], // on paper, in Firefox before 126: larger letters
};

const rule = (exceptions) => [true, { available: 2021, ...exceptions }];

export default {
  plugins: ["stylelint-plugin-use-baseline"],
  rules: {
    "plugin/use-baseline": rule({
      ignoreProperties: { ...known, ...better },
      // `:has()` marks what is chosen and folds what is empty: without it nothing is hidden.
      ignoreSelectors: [...selectors, "has"],
      ignoreAtRules: ["page"], // margins of a printed agenda
    }),
  },
  overrides: [
    {
      files: ["**/vendor/**/*.css"],
      rules: {
        "plugin/use-baseline": rule({
          ignoreProperties: {
            ...known,
            ...better,
            // The agenda's columns: under `@supports not` there is the list, and a sentence.
            "grid-template-columns": ["subgrid"],
            "grid-template-rows": ["subgrid"],
            overflow: ["clip"], // what would be cut stands out by a pixel
          },
          // The agenda's own colours, each of which office.css says again in plain hexadecimals.
          ignoreFunctions: ["oklch", "rect"],
          ignoreSelectors: [...selectors, "has"], // Pico: the shadow of a group that has the focus
          ignoreUnits: ["lh"], // the height of an empty line
        }),
      },
    },
  ],
};
