"use strict";

window.swagger = SwaggerUIBundle({
  dom_id: "#swagger",
  url: document.getElementById("swagger").dataset.document,
  presets: [SwaggerUIBundle.presets.apis],
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
