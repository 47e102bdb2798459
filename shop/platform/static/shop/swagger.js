"use strict";

/** Answers that mean the same at every operation; the introduction explains them. */
const EVERYWHERE = new Set(["400", "401", "406", "413", "415", "429", "500", "503"]);

/** A lock is closed when somebody has logged in: not because an operation can do without. */
const honestLocks = () => ({
  statePlugins: {
    auth: {
      wrapSelectors: {
        isAuthorized: (original) => (state, securities) =>
          original(state, securities && securities.filter((each) => each.size > 0)),
      },
    },
  },
});

/** Each answer of EVERYWHERE is one line until somebody asks for it. */
const foldedAnswers = ({ React }) => ({
  wrapComponents: {
    response: (Original) =>
      function Response(props) {
        const [open, setOpen] = React.useState(false);
        if (open || !EVERYWHERE.has(props.code)) return React.createElement(Original, props);
        const title = String(props.response.get("description") || "").split("\n")[0];
        const button = React.createElement(
          "button",
          { type: "button", className: "folded", "aria-expanded": false, onClick: () => setOpen(true) },
          `${title} `,
          React.createElement("span", null, "Show"),
        );
        return React.createElement(
          "tr",
          { className: "response", "data-code": props.code },
          React.createElement("td", { className: "response-col_status" }, props.code),
          React.createElement("td", { className: "response-col_description", colSpan: 2 }, button),
        );
      },
  },
});

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

window.swagger = SwaggerUIBundle({
  dom_id: "#swagger",
  url: document.getElementById("swagger").dataset.document,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [honestLocks, foldedAnswers],
  layout: "BaseLayout",
  validatorUrl: null,
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  filter: true,
  displayRequestDuration: true,
  showCommonExtensions: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 3,
  syntaxHighlight: { theme: "nord" },
});
