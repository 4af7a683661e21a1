SwaggerUIBundle({
  url: "../v3/api-docs",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // The default sends the document to validator.swagger.io.
  validatorUrl: null,
});
