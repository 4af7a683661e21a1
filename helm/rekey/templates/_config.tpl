{{/* Rekey's application.yaml. Secrets are not in it; they are mounted as files. */}}
{{- define "rekey.config" -}}
{{- include "rekey.validate" . -}}
{{- $config := include "rekey.configOfValues" . | fromYaml -}}
{{- mergeOverwrite $config (deepCopy .Values.config) | toYaml -}}
{{- end -}}

{{- define "rekey.configOfValues" -}}
spring:
  config:
    import: configtree:{{ include "rekey.secretsDirectory" . }}/
  datasource:
    url: {{ .Values.database.url | quote }}
    username: {{ .Values.database.service.username | quote }}
    hikari:
      maximum-pool-size: {{ int .Values.database.maximumPoolSize }}
  flyway:
    # The init container migrates, with the owner role.
    enabled: false
    user: {{ .Values.database.owner.username | quote }}
  lifecycle:
    timeout-per-shutdown-phase: {{ include "rekey.answerWithinSeconds" . }}s
{{- if .Values.callers.issuerUri }}
  security:
    oauth2:
      resourceserver:
        jwt:
          issuer-uri: {{ .Values.callers.issuerUri | quote }}
          audiences: {{ .Values.callers.audiences | toJson }}
{{- end }}
{{- if include "rekey.servesTls" . }}
  ssl:
    bundle:
      pem:
        rekey:
          reload-on-update: true
          keystore:
            certificate: file:{{ include "rekey.tlsDirectory" . }}/tls.crt
            private-key: file:{{ include "rekey.tlsDirectory" . }}/tls.key
            # Reject a certificate that does not match its key.
            verify-keys: true
{{- end }}
server:
  port: 8080
{{- if or .Values.listener.behindProxy .Values.ingress.enabled .Values.httpRoute.enabled }}
  forward-headers-strategy: native
{{- end }}
{{- if include "rekey.servesTls" . }}
  ssl:
    bundle: rekey
{{- end }}
management:
  server:
    port: 8081
{{- if include "rekey.servesTls" . }}
    ssl:
      enabled: false
{{- end }}
{{- if .Values.tracing.endpoint }}
  opentelemetry:
    tracing:
      export:
        otlp:
          endpoint: {{ .Values.tracing.endpoint | quote }}
  tracing:
    sampling:
      probability: {{ .Values.tracing.samplingProbability }}
{{- end }}
{{- if eq .Values.logs.format "ecs" }}
logging:
  structured:
    format:
      console: ecs
{{- end }}
rekey:
{{- if not .Values.listener.describeApi }}
  api-docs:
    enabled: false
{{- end }}
  access:
    team-claim: {{ .Values.callers.teamClaim | quote }}
{{- with .Values.callers.personClaim }}
    person-claim: {{ . | quote }}
{{- end }}
    mints-per-minute: {{ int .Values.callers.mintsPerMinute }}
    cors-origins: {{ .Values.callers.corsOrigins | toJson }}
{{- with .Values.callers.issuers }}
    issuers:
{{- range . }}
      -
{{- range $setting, $value := . }}
        {{ kebabcase $setting }}: {{ $value | toJson }}
{{- end }}
{{- end }}
{{- end }}
    grants:
{{- range .Values.callers.grants }}
      - team: {{ .team | quote }}
{{- with .issuer }}
        issuer: {{ . | quote }}
{{- end }}
        subjects: {{ .subjects | default list | toJson }}
        all-teams: {{ .allTeams | default false }}
{{- else }} []
{{- end }}
{{- with .Values.callers.encryption }}
  encryption:
    teams:
{{- range . }}
      - team: {{ .team | quote }}
{{- with .issuer }}
        issuer: {{ . | quote }}
{{- end }}
        required: {{ .required | default false }}
{{- with .keys }}
        keys: {{ toJson . | toJson }}
{{- end }}
{{- with .jwkSetUri }}
        jwk-set-uri: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.audit.retentionKeep }}
  audit:
    retention:
      keep: {{ . | quote }}
{{- end }}
  rotation:
    call-within: {{ int .Values.rotation.callWithinSeconds }}s
    require-idempotency-key: {{ .Values.rotation.requireIdempotencyKey | toJson }}
{{- if include "rekey.delivers" . }}
  delivery:
    {{- include "rekey.deliverySettings" .Values.delivery | nindent 4 }}
{{- end }}
{{- with .Values.policies }}
  policies: {{ include "rekey.kebabCase" . }}
  automation: {{ include "rekey.kebabCase" $.Values.automation }}
{{- end }}
{{- with .Values.owners }}
  owners: {{ toJson . }}
{{- end }}
{{- if .Values.console.enabled }}
  console:
    enabled: true
    url: {{ .Values.console.url | quote }}
    issuer: {{ .Values.console.issuer | quote }}
    client-id: {{ .Values.console.clientId | quote }}
    scopes: {{ toJson .Values.console.scopes }}
    parameters: {{ toJson .Values.console.parameters }}
    idle-timeout: {{ .Values.console.idleTimeout }}
    lifetime: {{ .Values.console.lifetime }}
    fresh-for: {{ .Values.console.freshFor }}
{{- end }}
  findings: {{ include "rekey.kebabCase" .Values.findings }}
{{- with .Values.freezes }}
  freezes: {{ include "rekey.kebabCase" . }}
{{- end }}
  shutdown:
    drain-for: {{ int .Values.shutdown.drainSeconds }}s
  upstreams:
    conductorone:
{{- with .Values.upstreams.conductorone }}
      api-url: {{ .apiUrl | quote }}
      token-url: {{ .tokenUrl | quote }}
{{- if not .existingSecretIdKey }}
      client-id: {{ .clientId | quote }}
{{- end }}
      rotation: {{ .rotation }}
      http:
        mint-timeout: {{ int .mintTimeoutSeconds }}s
        max-concurrent-calls: {{ int .maxConcurrentCalls }}
{{- end }}
    keycard:
{{- with .Values.upstreams.keycard }}
      api-url: {{ .apiUrl | quote }}
      token-url: {{ .tokenUrl | quote }}
{{- if not .existingSecretIdKey }}
      client-id: {{ .clientId | quote }}
{{- end }}
      organizations:
{{- range .organizations }}
        - id: {{ .id | quote }}
          labels: {{ .labels | default list | toJson }}
{{- else }} []
{{- end }}
      http:
        mint-timeout: {{ int .mintTimeoutSeconds }}s
        max-concurrent-calls: {{ int .maxConcurrentCalls }}
{{- end }}
{{- end -}}
