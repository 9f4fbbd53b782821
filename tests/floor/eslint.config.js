/* JavaScript: it parses, and calls nothing that a browser of package.json's `browserslist` lacks. */
import compat from "eslint-plugin-compat";

export default [
  {
    ...compat.configs["flat/recommended"],
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script" },
    settings: {
      polyfills: [
        "Navigation", // htmx asks `window.navigation` first
      ],
    },
  },
];
