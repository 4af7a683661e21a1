{{/*
What the schema cannot say well: which settings a person has to give, and which ones do not go
together. All that is wrong is said at once, each with what is expected.
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
{{- $problems = append $problems (printf "%s: no secret belongs into values. Put it into a Secret, and name that in %s" $path $secret) -}}
{{- end -}}

{{- if eq .Values.image.tag "latest" -}}
{{- $problems = append $problems "image.tag is \"latest\", which is not the same image on every node: name a version, or set image.digest" -}}
{{- end -}}
{{- if and .Values.image.digest (not (regexMatch "^sha256:[0-9a-f]{64}$" .Values.image.digest)) -}}
{{- $problems = append $problems "image.digest has to look like sha256: and 64 hexadecimal digits" -}}
{{- end -}}
{{- if contains "@" .Values.image.repository -}}
{{- $problems = append $problems "image.repository holds a digest: put what follows the @ into image.digest" -}}
{{- else if regexMatch ":[^/]*$" .Values.image.repository -}}
{{- $problems = append $problems "image.repository holds a tag: put what follows the last colon into image.tag" -}}
{{- end -}}

{{- $host := "([A-Za-z0-9._-]+|[$]\\{[^}]+\\}|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?" -}}
{{- with .Values.database.url -}}
{{- if not (hasPrefix "jdbc:postgresql://" .) -}}
{{- $problems = append $problems "database.url has to begin with jdbc:postgresql://, such as jdbc:postgresql://db.example.com:5432/rekey" -}}
{{- else if regexMatch "(?i)[?&](user|password)=|//[^/]*@" . -}}
{{- $problems = append $problems "database.url holds a user or a password: these come from database.service.username and database.service.existingSecret" -}}
{{- else if not (regexMatch (printf "^jdbc:postgresql://%s(,%s)*/[^/?]+([?].*)?$" $host $host) .) -}}
{{- $problems = append $problems "database.url has to look like jdbc:postgresql://db.example.com:5432/rekey: hosts, their ports in digits, and the name of the database" -}}
{{- else if and (regexMatch "[?&]sslmode=verify-(ca|full)(&|$)" .) (not (regexMatch "[?&](sslrootcert|sslfactory)=." .)) -}}
{{- $problems = append $problems "database.url verifies the database's certificate, and does not say by which authority: add sslrootcert= and a file that extraVolumes mount, or sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory for those that Java trusts" -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.database.service.username .Values.database.owner.username -}}
{{- $problems = append $problems "database.service.username and database.owner.username are the same role: the service has to be a lesser one, which cannot change the history (docs/configuration.md)" -}}
{{- end -}}

{{- $urls := dict "callers.issuerUri" .Values.callers.issuerUri -}}
{{- range $name, $upstream := .Values.upstreams -}}
{{- $_ := set $urls (printf "upstreams.%s.apiUrl" $name) $upstream.apiUrl -}}
{{- $_ := set $urls (printf "upstreams.%s.tokenUrl" $name) $upstream.tokenUrl -}}
{{- end -}}
{{- range $path, $url := $urls -}}
{{- if and $url (not (regexMatch "^https://|^http://(localhost|127\\.0\\.0\\.1)(:|/|$)" $url)) -}}
{{- $problems = append $problems (printf "%s has to begin with https://: tokens and secrets cross this wire" $path) -}}
{{- end -}}
{{- end -}}

{{- range $index, $grant := .Values.callers.grants -}}
{{- if not (or $grant.subjects $grant.allTeams) -}}
{{- $problems = append $problems (printf "callers.grants[%d] (%s) grants nothing: give it subjects, or allTeams: true for auditors" $index $grant.team) -}}
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
{{- $problems = append $problems (printf "upstreams.%s.mintTimeoutSeconds is %d, and has to be less than rotation.callWithinSeconds (%d): nothing is waited for after that" $name (int $upstream.mintTimeoutSeconds) (int $.Values.rotation.callWithinSeconds)) -}}
{{- end -}}
{{- end -}}

{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- $problems = append $problems (printf "autoscaling.minReplicas (%d) is more than autoscaling.maxReplicas (%d)" (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if regexMatch "^0+%?$" (toString .Values.podDisruptionBudget.maxUnavailable) -}}
{{- $problems = append $problems "podDisruptionBudget.maxUnavailable is 0, with which no node that runs Rekey could ever be drained: allow at least 1" -}}
{{- end -}}

{{- if .Values.ingress.enabled -}}
{{- if not .Values.ingress.hosts -}}
{{- $problems = append $problems "ingress.hosts is required when ingress.enabled is true: name the host under which callers reach Rekey" -}}
{{- end -}}
{{- if not (or .Values.ingress.tls .Values.ingress.tlsEndsElsewhere) -}}
{{- $problems = append $problems "ingress.tls is required when ingress.enabled is true: secrets cross this wire. Where a load balancer in front ends TLS, set ingress.tlsEndsElsewhere: true" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.prometheusRule.enabled (not (regexMatch "^https?://." .Values.prometheusRule.runbook)) -}}
{{- $problems = append $problems "prometheusRule.runbook is required when prometheusRule.enabled is true: where docs/operations.md can be read, such as https://git.example.com/rekey/blob/main/docs/operations.md, since alerts link to it" -}}
{{- end -}}
{{- if and .Values.prometheusRule.enabled (not .Values.serviceMonitor.enabled) -}}
{{- $problems = append $problems "prometheusRule.enabled needs serviceMonitor.enabled: without metrics no alert but the one for missing metrics could fire" -}}
{{- end -}}

{{- if and .Values.serviceMonitor.enabled (gt (include "rekey.milliseconds" .Values.serviceMonitor.scrapeTimeout | int64) (include "rekey.milliseconds" .Values.serviceMonitor.interval | int64)) -}}
{{- $problems = append $problems (printf "serviceMonitor.scrapeTimeout (%s) is longer than serviceMonitor.interval (%s), which Prometheus does not take" .Values.serviceMonitor.scrapeTimeout .Values.serviceMonitor.interval) -}}
{{- end -}}

{{- $requests := .Values.resources.requests -}}
{{- range $kind, $limit := .Values.resources.limits -}}
{{- $request := get $requests $kind | default $limit -}}
{{- if gt (include "rekey.amount" $request | float64) (include "rekey.amount" $limit | float64) -}}
{{- $problems = append $problems (printf "resources.requests.%s (%v) is more than resources.limits.%s (%v), which Kubernetes does not take" $kind $request $kind $limit) -}}
{{- end -}}
{{- end -}}
{{- if lt (include "rekey.amount" .Values.resources.limits.memory | float64) (include "rekey.amount" "384Mi" | float64) -}}
{{- $problems = append $problems (printf "resources.limits.memory is %v, with which Rekey would be ended for want of memory: give it 768Mi, and 384Mi at the very least" .Values.resources.limits.memory) -}}
{{- end -}}

{{- with .Values.listener.tls -}}
{{- if and .existingSecret (eq .certificateKey .privateKeyKey) -}}
{{- $problems = append $problems (printf "listener.tls.certificateKey and listener.tls.privateKeyKey are both %s: the certificate and its private key are two keys of the Secret" .certificateKey) -}}
{{- end -}}
{{- end -}}

{{- $own := include "rekey.ownMounts" . | fromYaml -}}
{{- $extra := list -}}
{{- range .Values.extraVolumes -}}
{{- if or (hasKey $own .name) (has .name $extra) -}}
{{- $problems = append $problems (printf "extraVolumes holds %s, which is the name of another volume: choose another one than %s" .name ($own | keys | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $extra = append $extra .name -}}
{{- end -}}
{{- $taken := append (values $own) "/opt/rekey" -}}
{{- range .Values.extraVolumeMounts -}}
{{- if not (has .name $extra) -}}
{{- $problems = append $problems (printf "extraVolumeMounts names %s, which is none of extraVolumes" .name) -}}
{{- end -}}
{{- $place := clean .mountPath -}}
{{- range $taken | uniq -}}
{{- if or (hasPrefix (printf "%s/" .) (printf "%s/" $place)) (hasPrefix (printf "%s/" (trimSuffix "/" $place)) (printf "%s/" .)) -}}
{{- $problems = append $problems (printf "extraVolumeMounts holds %s, where %s is mounted or built in: mount it elsewhere, such as at /etc/trust" $place .) -}}
{{- end -}}
{{- end -}}
{{- $taken = append $taken $place -}}
{{- end -}}

{{- $properties := list "spring.datasource.password" "spring.flyway.password" "rekey.audit.signing-key" -}}
{{- range $name, $_ := .Values.upstreams -}}
{{- $properties = concat $properties (list (printf "rekey.upstreams.%s.client-id" $name) (printf "rekey.upstreams.%s.client-secret" $name)) -}}
{{- end -}}
{{- range .Values.extraSecretFiles -}}
{{- if has .property $properties -}}
{{- $problems = append $problems (printf "extraSecretFiles holds %s, which another value or another of them sets: give it once" .property) -}}
{{- end -}}
{{- $properties = append $properties .property -}}
{{- end -}}

{{- $instead := dict -}}
{{- range $property, $value := include "rekey.ownSettings" . | fromYaml -}}
{{- $_ := set $instead (include "rekey.settingAnyhow" $property) $value -}}
{{- end -}}
{{- range include "rekey.givenSettings" . | fromYamlArray -}}
{{- $setting := include "rekey.settingAnyhow" .setting -}}
{{- $setting = hasPrefix "springconfig" $setting | ternary "springconfig" $setting -}}
{{- if hasKey $instead $setting -}}
{{- $problems = append $problems (printf "%s is not to be set there: %s" .path (get $instead $setting)) -}}
{{- end -}}
{{- end -}}

{{- $labels := dict "podLabels" .Values.podLabels "serviceMonitor.labels" .Values.serviceMonitor.labels "prometheusRule.labels" .Values.prometheusRule.labels "dashboard.labels" .Values.dashboard.labels -}}
{{- range $path, $given := $labels -}}
{{- range $label, $_ := $given -}}
{{- if or (hasPrefix "app.kubernetes.io/" $label) (hasPrefix "helm.sh/" $label) -}}
{{- $problems = append $problems (printf "%s holds %s, which the chart sets itself: selectors depend on it" $path $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- range list "checksum/config" "kubectl.kubernetes.io/default-container" -}}
{{- if hasKey $.Values.podAnnotations . -}}
{{- $problems = append $problems (printf "podAnnotations holds %s, which the chart sets itself" .) -}}
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
database.owner.existingSecret: "name the Secret with the password of the role that owns the schema, or set migration.enabled to false and migrate elsewhere"
{{- end }}
callers.issuerUri: "who issues the access tokens of Rekey's callers, such as https://login.example.com"
callers.audiences: "the audience that stands for Rekey in access tokens, such as [rekey]"
upstreams.conductorone.apiUrl: "such as https://acme.conductor.one"
upstreams.conductorone.tokenUrl: "such as https://acme.conductor.one/auth/v1/token"
{{- if not .Values.upstreams.conductorone.existingSecretIdKey }}
upstreams.conductorone.clientId: "Rekey's client id at ConductorOne, whole, such as rekey@acme.conductor.one/spc"
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

{{/* The places where people put secrets, each with the value that takes a Secret's name instead. */}}
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
{{ .path | toJson }}: extraSecretFiles, or in extraEnv by valueFrom.secretKeyRef
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if include "rekey.isSecret" (dict "path" .name "value" (.value | default "")) }}
extraEnv ({{ .name }}): its valueFrom.secretKeyRef
{{- end }}
{{- end }}
{{- end -}}

{{/*
Whether a setting is one that takes a secret, also as a part of a list, or has what looks like one.
What refers to another setting (${…}) or to a file is none itself, nor is a yes or no.
*/}}
{{- define "rekey.isSecret" -}}
{{- $named := regexMatch "(?i)((password|secret|token|authorization|(signing|private|api)[-_]?key)s?|otlp_([a-z]+_)?headers)\\]?(\\[[0-9]+\\]|[._][0-9]+)*$" .path -}}
{{- $looks := regexMatch "(?i)PRIVATE KEY-----|^(whsec_|secret-token:|bearer )" .value -}}
{{- if and .value (or $named $looks) (not (regexMatch "^(\\$\\{|file:|(true|false)$)" .value)) -}}true{{- end -}}
{{- end -}}

{{/*
Settings on which other parts of the chart rely, each with what says it instead: whatever else set them
would go past what is derived from the value and past what is checked of it.
*/}}
{{- define "rekey.ownSettings" -}}
{{- $ports := "whose port the network policy opens" -}}
{{- $ends := "from which follows how long a replica may take to end" -}}
server.port: service.port is what callers see, and the Service and the probes lead to 8080
server.address: the Services lead to every address of a replica
server.servlet.context-path: callers and helm test find Rekey's paths at /
management.server.port: the Service for metrics and the probes lead to 8081
spring.datasource.url: use database.url, {{ $ports }}
spring.datasource.hikari.jdbc-url: use database.url, {{ $ports }}
spring.flyway.url: use database.url, {{ $ports }}
spring.security.oauth2.resourceserver.jwt.issuer-uri: use callers.issuerUri, {{ $ports }}
{{- range $name, $_ := .Values.upstreams }}
rekey.upstreams.{{ $name }}.api-url: use upstreams.{{ $name }}.apiUrl, {{ $ports }}
rekey.upstreams.{{ $name }}.token-url: use upstreams.{{ $name }}.tokenUrl, {{ $ports }}
rekey.upstreams.{{ $name }}.http.mint-timeout: use upstreams.{{ $name }}.mintTimeoutSeconds, which rotation.callWithinSeconds limits
{{- end }}
{{- range list "management.opentelemetry.tracing.export.otlp.endpoint" "otel.exporter.otlp.endpoint" "otel.exporter.otlp.traces.endpoint" }}
{{ . }}: use tracing.endpoint, {{ $ports }}
{{- end }}
rekey.shutdown.drain-for: use shutdown.drainSeconds, {{ $ends }}
rekey.rotation.call-within: use rotation.callWithinSeconds, {{ $ends }}
spring.lifecycle.timeout-per-shutdown-phase: use rotation.callWithinSeconds, {{ $ends }}
spring.config: use config for settings and extraSecretFiles for secrets, since Rekey would not find those of the chart any more
spring.application.json: use config, which is looked at
rekey.sandbox: it takes away what protects a release; to try Rekey out there is docker-compose.yml
{{- end -}}

{{/* Every setting that is given by itself rather than by a value, and where: a list. */}}
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

{{/* What is left of a setting's name in all the ways in which Spring Boot lets it be written. */}}
{{- define "rekey.settingAnyhow" -}}
{{- regexReplaceAll "[^a-z0-9]" (regexReplaceAll "(\\[[0-9]+\\]|_[0-9]+)+$" (lower .) "") "" -}}
{{- end -}}

{{- define "rekey.isSubject" -}}
{{- $id := "[A-Za-z0-9._~@:+=*-]+" -}}
{{- if regexMatch (printf "^(apps/%s/connectors/%s|organizations/%s/service-accounts/%s)$" $id $id $id $id) . -}}true{{- end -}}
{{- end -}}

{{- define "rekey.subjectForm" -}}
has to look like apps/{appId}/connectors/{connectorId} or organizations/{organizationId}/service-accounts/{serviceAccountId}, in which * stands for any part of one id
{{- end -}}

{{/* A quantity of Kubernetes, in bytes or processors. */}}
{{- define "rekey.amount" -}}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $text := kindIs "string" . | ternary (toString .) (printf "%.3f" (float64 .)) -}}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (get $units (regexFind "[A-Za-z]*$" $text)) -}}
{{- end -}}

{{- define "rekey.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "[a-z]+$" .)) -}}
{{- end -}}
