{{/*
Checks that the schema cannot express clearly: required values and values that contradict each
other. Reports all faults at once, each with what is expected.
*/}}
{{- define "rekey.validate" -}}
{{- $problems := list -}}
{{- range $path, $expected := include "rekey.required" . | fromYaml -}}
{{- $value := $.Values -}}
{{- range splitList "." $path -}}
{{- $value = index $value . -}}
{{- end -}}
{{- if not $value -}}
{{- $problems = append $problems (printf "%s is required: %s" $path $expected) -}}
{{- end -}}
{{- end -}}

{{- range $path, $secret := include "rekey.misplacedSecrets" . | fromYaml -}}
{{- $problems = append $problems (printf "%s: values must not contain secrets. Put it into a Secret, and name that Secret in %s" $path $secret) -}}
{{- end -}}

{{- if eq .Values.image.tag "latest" -}}
{{- $problems = append $problems "image.tag is \"latest\", which can be a different image on each node: name a version, or set image.digest" -}}
{{- end -}}
{{- if and .Values.image.digest (not (regexMatch "^sha256:[0-9a-f]{64}$" .Values.image.digest)) -}}
{{- $problems = append $problems "image.digest has to be sha256: and 64 hexadecimal digits" -}}
{{- end -}}
{{- if contains "@" .Values.image.repository -}}
{{- $problems = append $problems "image.repository contains a digest: move the part after the @ to image.digest" -}}
{{- else if regexMatch ":[^/]*$" .Values.image.repository -}}
{{- $problems = append $problems "image.repository contains a tag: move the part after the last colon to image.tag" -}}
{{- end -}}

{{- $host := "([A-Za-z0-9._-]+|[$]\\{[^}]+\\}|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?" -}}
{{- with .Values.database.url -}}
{{- if not (hasPrefix "jdbc:postgresql://" .) -}}
{{- $problems = append $problems "database.url has to begin with jdbc:postgresql://, such as jdbc:postgresql://db.example.com:5432/rekey" -}}
{{- else if regexMatch "(?i)[?&](user|password)=|//[^/]*@" . -}}
{{- $problems = append $problems "database.url contains a user or a password: use database.service.username and database.service.existingSecret" -}}
{{- else if not (regexMatch (printf "^jdbc:postgresql://%s(,%s)*/[^/?]+([?].*)?$" $host $host) .) -}}
{{- $problems = append $problems "database.url has to be like jdbc:postgresql://db.example.com:5432/rekey: hosts, numeric ports, and the name of the database" -}}
{{- else if and (regexMatch "[?&]sslmode=verify-(ca|full)(&|$)" .) (not (regexMatch "[?&](sslrootcert|sslfactory)=." .)) -}}
{{- $problems = append $problems "database.url verifies the database's certificate, but names no certificate authority: add sslrootcert= with a file from extraVolumes, or sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory for the authorities that Java trusts" -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.database.service.username .Values.database.owner.username -}}
{{- $problems = append $problems "database.service.username and database.owner.username are the same role: the service needs a role that cannot change the history (docs/configuration.md)" -}}
{{- end -}}

{{- $urls := dict "callers.issuerUri" .Values.callers.issuerUri -}}
{{- range $name, $upstream := .Values.upstreams -}}
{{- $_ := set $urls (printf "upstreams.%s.apiUrl" $name) $upstream.apiUrl -}}
{{- $_ := set $urls (printf "upstreams.%s.tokenUrl" $name) $upstream.tokenUrl -}}
{{- end -}}
{{- range $index, $issuer := .Values.callers.issuers -}}
{{- $_ := set $urls (printf "callers.issuers[%d].issuerUri" $index) $issuer.issuerUri -}}
{{- $_ := set $urls (printf "callers.issuers[%d].jwkSetUri" $index) ($issuer.jwkSetUri | default "") -}}
{{- end -}}
{{- range $path, $url := $urls -}}
{{- if and $url (not (regexMatch "^https://|^http://(localhost|127\\.0\\.0\\.1)(:|/|$)" $url)) -}}
{{- $problems = append $problems (printf "%s has to begin with https://: it carries tokens and secrets" $path) -}}
{{- end -}}
{{- end -}}

{{- range $index, $grant := .Values.callers.grants -}}
{{- if not (or $grant.subjects $grant.allTeams) -}}
{{- $problems = append $problems (printf "callers.grants[%d] (%s) grants nothing: add subjects, or allTeams: true for auditors" $index $grant.team) -}}
{{- end -}}
{{- range $grant.subjects -}}
{{- if not (include "rekey.isSubject" .) -}}
{{- $problems = append $problems (printf "callers.grants[%d].subjects: %q %s" $index . (include "rekey.subjectForm" $)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range .Values.rotation.requireIdempotencyKey -}}
{{- if not (include "rekey.isSubject" .) -}}
{{- $problems = append $problems (printf "rotation.requireIdempotencyKey: %q %s" . (include "rekey.subjectForm" $)) -}}
{{- end -}}
{{- end -}}

{{- range $name, $upstream := .Values.upstreams -}}
{{- if ge (int $upstream.mintTimeoutSeconds) (int $.Values.rotation.callWithinSeconds) -}}
{{- $problems = append $problems (printf "upstreams.%s.mintTimeoutSeconds is %d; it has to be less than rotation.callWithinSeconds (%d), because Rekey waits no longer" $name (int $upstream.mintTimeoutSeconds) (int $.Values.rotation.callWithinSeconds)) -}}
{{- end -}}
{{- end -}}

{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- $problems = append $problems (printf "autoscaling.minReplicas (%d) is more than autoscaling.maxReplicas (%d)" (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if regexMatch "^0+%?$" (toString .Values.podDisruptionBudget.maxUnavailable) -}}
{{- $problems = append $problems "podDisruptionBudget.maxUnavailable is 0, which blocks draining every node that runs Rekey: allow at least 1" -}}
{{- end -}}

{{- if .Values.ingress.enabled -}}
{{- if not .Values.ingress.hosts -}}
{{- $problems = append $problems "ingress.hosts is required when ingress.enabled is true: name the host that callers use" -}}
{{- end -}}
{{- if not (or .Values.ingress.tls .Values.ingress.tlsEndsElsewhere) -}}
{{- $problems = append $problems "ingress.tls is required when ingress.enabled is true: responses contain secrets. If a load balancer in front terminates TLS, set ingress.tlsEndsElsewhere: true" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.prometheusRule.enabled (not (regexMatch "^https?://." .Values.prometheusRule.runbook)) -}}
{{- $problems = append $problems "prometheusRule.runbook is required when prometheusRule.enabled is true: the URL of docs/operations.md, such as https://git.example.com/rekey/blob/main/docs/operations.md, because alerts link to it" -}}
{{- end -}}
{{- if and .Values.prometheusRule.enabled (not .Values.serviceMonitor.enabled) -}}
{{- $problems = append $problems "prometheusRule.enabled needs serviceMonitor.enabled: without metrics only the alert for missing metrics can fire" -}}
{{- end -}}

{{- if and .Values.serviceMonitor.enabled (gt (include "rekey.milliseconds" .Values.serviceMonitor.scrapeTimeout | int64) (include "rekey.milliseconds" .Values.serviceMonitor.interval | int64)) -}}
{{- $problems = append $problems (printf "serviceMonitor.scrapeTimeout (%s) is longer than serviceMonitor.interval (%s), which Prometheus rejects" .Values.serviceMonitor.scrapeTimeout .Values.serviceMonitor.interval) -}}
{{- end -}}

{{- $requests := .Values.resources.requests -}}
{{- range $kind, $limit := .Values.resources.limits -}}
{{- $request := get $requests $kind | default $limit -}}
{{- if gt (include "rekey.amount" $request | float64) (include "rekey.amount" $limit | float64) -}}
{{- $problems = append $problems (printf "resources.requests.%s (%v) is more than resources.limits.%s (%v), which Kubernetes rejects" $kind $request $kind $limit) -}}
{{- end -}}
{{- end -}}
{{- if lt (include "rekey.amount" .Values.resources.limits.memory | float64) (include "rekey.amount" "384Mi" | float64) -}}
{{- $problems = append $problems (printf "resources.limits.memory is %v, too little for Rekey: set 768Mi, at least 384Mi" .Values.resources.limits.memory) -}}
{{- end -}}

{{- with .Values.listener.tls -}}
{{- if and .existingSecret (eq .certificateKey .privateKeyKey) -}}
{{- $problems = append $problems (printf "listener.tls.certificateKey and listener.tls.privateKeyKey are both %s: the certificate and its private key need two keys of the Secret" .certificateKey) -}}
{{- end -}}
{{- end -}}

{{- $own := include "rekey.ownMounts" . | fromYaml -}}
{{- $extra := list -}}
{{- range .Values.extraVolumes -}}
{{- if or (hasKey $own .name) (has .name $extra) -}}
{{- $problems = append $problems (printf "extraVolumes contains %s, which is the name of another volume: use any name but %s" .name ($own | keys | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $extra = append $extra .name -}}
{{- end -}}
{{- $taken := append (values $own) "/opt/rekey" -}}
{{- range .Values.extraVolumeMounts -}}
{{- if not (has .name $extra) -}}
{{- $problems = append $problems (printf "extraVolumeMounts names %s, which is not in extraVolumes" .name) -}}
{{- end -}}
{{- $mountPath := clean .mountPath -}}
{{- range $taken | uniq -}}
{{- if or (hasPrefix (printf "%s/" .) (printf "%s/" $mountPath)) (hasPrefix (printf "%s/" (trimSuffix "/" $mountPath)) (printf "%s/" .)) -}}
{{- $problems = append $problems (printf "extraVolumeMounts contains %s, which conflicts with %s: mount it elsewhere, such as at /etc/trust" $mountPath .) -}}
{{- end -}}
{{- end -}}
{{- $taken = append $taken $mountPath -}}
{{- end -}}

{{- $properties := list "spring.datasource.password" "spring.flyway.password" "rekey.audit.signing-key" -}}
{{- range $name, $_ := .Values.upstreams -}}
{{- $properties = concat $properties (list (printf "rekey.upstreams.%s.client-id" $name) (printf "rekey.upstreams.%s.client-secret" $name)) -}}
{{- end -}}
{{- range .Values.extraSecretFiles -}}
{{- if has .property $properties -}}
{{- $problems = append $problems (printf "extraSecretFiles contains %s, which another value or entry already sets: set it once" .property) -}}
{{- end -}}
{{- $properties = append $properties .property -}}
{{- end -}}

{{- $reasons := dict -}}
{{- range $property, $value := include "rekey.ownSettings" . | fromYaml -}}
{{- $_ := set $reasons (include "rekey.settingAnyhow" $property) $value -}}
{{- end -}}
{{- range include "rekey.givenSettings" . | fromYamlArray -}}
{{- $setting := include "rekey.settingAnyhow" .setting -}}
{{- $setting = hasPrefix "springconfig" $setting | ternary "springconfig" $setting -}}
{{- if hasKey $reasons $setting -}}
{{- $problems = append $problems (printf "%s must not be set here: %s" .path (get $reasons $setting)) -}}
{{- end -}}
{{- end -}}

{{- $labels := dict "podLabels" .Values.podLabels "serviceMonitor.labels" .Values.serviceMonitor.labels "prometheusRule.labels" .Values.prometheusRule.labels "dashboard.labels" .Values.dashboard.labels -}}
{{- range $path, $given := $labels -}}
{{- range $label, $_ := $given -}}
{{- if or (hasPrefix "app.kubernetes.io/" $label) (hasPrefix "helm.sh/" $label) -}}
{{- $problems = append $problems (printf "%s contains %s, which the chart sets itself: selectors depend on it" $path $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- range list "checksum/config" "kubectl.kubernetes.io/default-container" -}}
{{- if hasKey $.Values.podAnnotations . -}}
{{- $problems = append $problems (printf "podAnnotations contains %s, which the chart sets itself" .) -}}
{{- end -}}
{{- end -}}

{{- if $problems -}}
{{- fail (printf "\n\nRekey cannot be installed with these values:\n  - %s\n\nThe chart's README.md describes every value.\n" ($problems | uniq | join "\n  - ")) -}}
{{- end -}}
{{- end -}}

{{- define "rekey.required" -}}
image.repository: "name the image that you built and pushed, such as registry.example.com/rekey"
database.url: "such as jdbc:postgresql://db.example.com:5432/rekey"
database.service.existingSecret: "name the Secret with the password of the service's database role"
{{- if .Values.migration.enabled }}
database.owner.existingSecret: "name the Secret with the password of the role that owns the schema, or set migration.enabled: false and migrate another way"
{{- end }}
{{- if or .Values.callers.issuerUri (not .Values.callers.issuers) }}
callers.issuerUri: "the issuer of the callers' access tokens, such as https://login.example.com"
callers.audiences: "the audience that identifies Rekey in access tokens, such as [rekey]"
{{- end }}
upstreams.conductorone.apiUrl: "such as https://acme.conductor.one"
upstreams.conductorone.tokenUrl: "such as https://acme.conductor.one/auth/v1/token"
{{- if not .Values.upstreams.conductorone.existingSecretIdKey }}
upstreams.conductorone.clientId: "Rekey's complete client id at ConductorOne, such as rekey@acme.conductor.one/spc"
{{- end }}
upstreams.conductorone.existingSecret: "name the Secret with Rekey's client secret at ConductorOne"
upstreams.keycard.apiUrl: "such as https://api.keycard.ai"
upstreams.keycard.tokenUrl: "such as https://api.keycard.ai/service-account-token"
{{- if not .Values.upstreams.keycard.existingSecretIdKey }}
upstreams.keycard.clientId: "Rekey's client id at Keycard"
{{- end }}
upstreams.keycard.existingSecret: "name the Secret with Rekey's client secret at Keycard"
upstreams.keycard.organizations: "the organizations that Rekey serves, such as [{id: acme}]"
audit.existingSecret: "name the Secret with the Ed25519 key that signs the history's checkpoints"
{{- end -}}

{{/* Misplaced secrets: each with the value that takes the name of a Secret instead. */}}
{{- define "rekey.misplacedSecrets" -}}
{{- range $role := list "service" "owner" }}
{{- if hasKey (index $.Values.database $role) "password" }}
database.{{ $role }}.password: database.{{ $role }}.existingSecret
{{- end }}
{{- end }}
{{- range $name, $upstream := .Values.upstreams }}
{{- if hasKey $upstream "clientSecret" }}
upstreams.{{ $name }}.clientSecret: upstreams.{{ $name }}.existingSecret
{{- end }}
{{- end }}
{{- if hasKey .Values.audit "signingKey" }}
audit.signingKey: audit.existingSecret
{{- end }}
{{- range include "rekey.leaves" (dict "path" "config" "node" .Values.config) | fromYamlArray }}
{{- if include "rekey.isSecret" . }}
{{ .path | toJson }}: extraSecretFiles, or in the valueFrom.secretKeyRef of extraEnv
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if include "rekey.isSecret" (dict "path" .name "value" (.value | default "")) }}
extraEnv ({{ .name }}): its valueFrom.secretKeyRef
{{- end }}
{{- end }}
{{- end -}}

{{/*
"true" if the name or the value of a setting looks like a secret's. References (${…}), files and
booleans are not secrets.
*/}}
{{- define "rekey.isSecret" -}}
{{- $hasSecretName := regexMatch "(?i)((password|secret|token|authorization|(signing|private|api)[-_]?key)s?|otlp_([a-z]+_)?headers)\\]?(\\[[0-9]+\\]|[._][0-9]+)*$" .path -}}
{{- $hasSecretValue := regexMatch "(?i)PRIVATE KEY-----|^(whsec_|secret-token:|bearer )" .value -}}
{{- if and .value (or $hasSecretName $hasSecretValue) (not (regexMatch "^(\\$\\{|file:|(true|false)$)" .value)) -}}true{{- end -}}
{{- end -}}

{{/*
Settings that other parts of the chart rely on, each with the reason or the value to use instead. Setting
them elsewhere would bypass the checks of that value and everything derived from it.
*/}}
{{- define "rekey.ownSettings" -}}
{{- $ports := "because the network policy opens its port" -}}
{{- $ends := "because the grace period of the pod depends on it" -}}
server.port: use service.port; the Service and the probes expect 8080
server.address: the Services need Rekey to listen on all addresses of its pod
server.servlet.context-path: callers and helm test expect Rekey's paths at /
management.server.port: the management Service and the probes expect 8081
spring.datasource.url: use database.url, {{ $ports }}
spring.datasource.hikari.jdbc-url: use database.url, {{ $ports }}
spring.flyway.url: use database.url, {{ $ports }}
spring.security.oauth2.resourceserver.jwt.issuer-uri: use callers.issuerUri, {{ $ports }}
{{- range $name, $_ := .Values.upstreams }}
rekey.upstreams.{{ $name }}.api-url: use upstreams.{{ $name }}.apiUrl, {{ $ports }}
rekey.upstreams.{{ $name }}.token-url: use upstreams.{{ $name }}.tokenUrl, {{ $ports }}
rekey.upstreams.{{ $name }}.http.mint-timeout: use upstreams.{{ $name }}.mintTimeoutSeconds, because rotation.callWithinSeconds limits it
{{- end }}
{{- range list "management.opentelemetry.tracing.export.otlp.endpoint" "otel.exporter.otlp.endpoint" "otel.exporter.otlp.traces.endpoint" }}
{{ . }}: use tracing.endpoint, {{ $ports }}
{{- end }}
rekey.shutdown.drain-for: use shutdown.drainSeconds, {{ $ends }}
rekey.rotation.call-within: use rotation.callWithinSeconds, {{ $ends }}
spring.lifecycle.timeout-per-shutdown-phase: use rotation.callWithinSeconds, {{ $ends }}
spring.config: use config for settings and extraSecretFiles for secrets; otherwise Rekey does not find those of the chart
spring.application.json: use config, which the chart checks
rekey.sandbox: it disables the safety checks; to try out Rekey, use docker-compose.yml
{{- end -}}

{{/* A list of all settings in config, extraEnv and extraSecretFiles, each with its path. */}}
{{- define "rekey.givenSettings" -}}
{{- range include "rekey.leaves" (dict "path" "config" "node" .Values.config) | fromYamlArray }}
- {{ dict "path" .path "setting" (trimPrefix "config." .path) | toJson }}
{{- end }}
{{- range .Values.extraEnv }}
{{- $name := .name }}
- {{ dict "path" (printf "extraEnv (%s)" $name) "setting" $name | toJson }}
{{- range regexFindAll "-D[A-Za-z][^=\\s]*" (.value | default "") -1 }}
- {{ dict "path" (printf "extraEnv (%s, %s)" $name .) "setting" (trimPrefix "-D" .) | toJson }}
{{- end }}
{{- end }}
{{- range .Values.extraSecretFiles }}
- {{ dict "path" (printf "extraSecretFiles (%s)" .property) "setting" .property | toJson }}
{{- end }}
{{- end -}}

{{/* Normalises a setting's name, so that all spellings that Spring Boot accepts are equal. */}}
{{- define "rekey.settingAnyhow" -}}
{{- regexReplaceAll "[^a-z0-9]" (regexReplaceAll "(\\[[0-9]+\\]|_[0-9]+)+$" (lower .) "") "" -}}
{{- end -}}

{{- define "rekey.isSubject" -}}
{{- $id := "[A-Za-z0-9._~@:+=*-]+" -}}
{{- if regexMatch (printf "^(apps/%s/connectors/%s|organizations/%s/service-accounts/%s)$" $id $id $id $id) . -}}true{{- end -}}
{{- end -}}

{{- define "rekey.subjectForm" -}}
has to be apps/{appId}/connectors/{connectorId} or organizations/{organizationId}/service-accounts/{serviceAccountId}; * matches any part of one id
{{- end -}}

{{/* A Kubernetes quantity as a number of bytes or CPUs. */}}
{{- define "rekey.amount" -}}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $text := kindIs "string" . | ternary (toString .) (printf "%.3f" (float64 .)) -}}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (get $units (regexFind "[A-Za-z]*$" $text)) -}}
{{- end -}}

{{- define "rekey.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "[a-z]+$" .)) -}}
{{- end -}}
