{{/*
Checks that the schema cannot express: values that are required, that contradict each other, or that would
break a promise of the chart. Reports all faults at once, each with what is expected.
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

{{- range $path, $instead := include "rekey.renamed" . | fromYaml -}}
{{- $value := $.Values -}}
{{- range splitList "." $path -}}
{{- $value = kindIs "map" $value | ternary (get (kindIs "map" $value | ternary $value dict) .) "" -}}
{{- end -}}
{{- if $value -}}
{{- $problems = append $problems (printf "%s %s" $path $instead) -}}
{{- end -}}
{{- end -}}

{{- if eq .Values.image.tag "latest" -}}
{{- $problems = append $problems "image.tag is \"latest\", which can be a different image on each node: name a version, or set image.digest" -}}
{{- end -}}
{{- with .Values.global.imageRegistry | default .Values.image.registry -}}
{{- if regexMatch "^([^/]*[.:][^/]*|localhost)/" $.Values.image.repository -}}
{{- $problems = append $problems (printf "image.repository (%s) begins with a registry, but image.registry or global.imageRegistry names %s: leave it out of image.repository" $.Values.image.repository .) -}}
{{- end -}}
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

{{- range $name, $upstream := .Values.upstreams -}}
{{- if ge (int $upstream.mintTimeoutSeconds) (int $.Values.rotation.callWithinSeconds) -}}
{{- $problems = append $problems (printf "upstreams.%s.mintTimeoutSeconds is %d; it has to be less than rotation.callWithinSeconds (%d), because Rekey waits no longer" $name (int $upstream.mintTimeoutSeconds) (int $.Values.rotation.callWithinSeconds)) -}}
{{- end -}}
{{- end -}}

{{- $replicas := include "rekey.replicas" . | int -}}
{{- with .Values.podDisruptionBudget -}}
{{- if and .enabled .minAvailable (ge (include "rekey.share" (dict "of" $replicas "share" .minAvailable "rounding" 99) | int) $replicas) -}}
{{- $problems = append $problems (printf "podDisruptionBudget.minAvailable (%v) is all of %d replicas, which blocks draining every node that runs Rekey: allow less, or use maxUnavailable" .minAvailable $replicas) -}}
{{- end -}}
{{- end -}}
{{- with .Values.updateStrategy.rollingUpdate -}}
{{- if ge (include "rekey.share" (dict "of" $replicas "share" .maxUnavailable "rounding" 0) | int) $replicas -}}
{{- $problems = append $problems (printf "updateStrategy.rollingUpdate.maxUnavailable (%v) is all of %d replicas, so a rollout would fail requests: allow less" .maxUnavailable $replicas) -}}
{{- end -}}
{{- end -}}

{{- if .Values.ingress.enabled -}}
{{- if not (or .Values.ingress.tls .Values.ingress.tlsEndsElsewhere) -}}
{{- $problems = append $problems "ingress.tls is required when ingress.enabled is true: responses contain secrets. If a load balancer in front terminates TLS, set ingress.tlsEndsElsewhere: true" -}}
{{- end -}}
{{- end -}}

{{- range list "rekey.deliveryProblems" "rekey.policyProblems" -}}
{{- range include . $ | fromYamlArray -}}
{{- $problems = append $problems . -}}
{{- end -}}
{{- end -}}

{{- range include "rekey.readersOfTheOwnersPassword" . | fromYamlArray -}}
{{- $problems = append $problems (printf "%s would read the password of the role that owns the schema, which only the migration may know" .) -}}
{{- end -}}
{{- range include "rekey.extraObjects" . | fromYamlArray -}}
{{- if hasKey . "Error" -}}
{{- $problems = append $problems "extraObjects contains a text that is not the YAML of objects" -}}
{{- end -}}
{{- end -}}

{{- $reasons := dict -}}
{{- range $property, $value := include "rekey.ownSettings" . | fromYaml -}}
{{- $_ := set $reasons (include "rekey.settingAnyhow" $property) $value -}}
{{- end -}}
{{- range include "rekey.givenSettings" . | fromYamlArray -}}
{{- $setting := include "rekey.settingAnyhow" .setting -}}
{{- range list "springconfig" "rekeydeliverytargets" "rekeypolicies" "rekeyfreezes" -}}
{{- $setting = hasPrefix . $setting | ternary . $setting -}}
{{- end -}}
{{- if hasKey $reasons $setting -}}
{{- $problems = append $problems (printf "%s must not be set here: %s" .path (get $reasons $setting)) -}}
{{- end -}}
{{- end -}}

{{- range $name := list "clientSecretFrom" "caCertificateFrom" -}}
{{- with index $.Values.grafana.dataSource $name -}}
{{- if not (regexMatch "^\\$__(file|env|vault)\\{[^{}\\s]+\\}$" .) -}}
{{- $problems = append $problems (printf "grafana.dataSource.%s has to say where Grafana finds it, such as $__file{/etc/secrets/rekey/client-secret} or $__env{REKEY_CLIENT_SECRET}: values must not contain secrets" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- $own := include "rekey.ownLabels" (dict "context" .) | fromYaml -}}
{{- $labels := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels -}}
{{- range list "service" "httpRoute" "serviceMonitor" "prometheusRule" "dashboard" -}}
{{- $_ := set $labels (printf "%s.labels" .) (index $.Values .).labels -}}
{{- end -}}
{{- range list "dashboards" "dataSource" -}}
{{- $_ := set $labels (printf "grafana.%s.labels" .) (index $.Values.grafana .).labels -}}
{{- end -}}
{{- range $path, $given := $labels -}}
{{- range $label, $_ := $given -}}
{{- if hasKey $own $label -}}
{{- $problems = append $problems (printf "%s contains %s, which the chart sets itself: selectors depend on it" $path $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if hasKey .Values.podAnnotations "checksum/config" -}}
{{- $problems = append $problems "podAnnotations contains checksum/config, which the chart sets itself: a changed configuration rolls out because of it" -}}
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
{{- if .Values.console.enabled }}
console.url: "the URL of Rekey in browsers, such as https://rekey.example.com"
console.clientId: "the console's client id at the issuer"
{{- end }}
audit.existingSecret: "name the Secret with the Ed25519 key that signs the history's checkpoints"
{{- if and .Values.grafana.dataSource.enabled (not .Values.grafana.dataSource.viewerToken) }}
grafana.dataSource.tokenUrl: "the issuer's token endpoint, such as https://login.example.com/oauth2/token, or set grafana.dataSource.viewerToken: true"
grafana.dataSource.clientId: "the client id of Grafana at the issuer, or set grafana.dataSource.viewerToken: true"
grafana.dataSource.clientSecretFrom: "where Grafana finds its client secret, such as $__file{/etc/secrets/rekey/client-secret}, or set grafana.dataSource.viewerToken: true"
{{- end }}
{{- end -}}

{{/* Values that other names have replaced, each with the rest of a sentence about it. */}}
{{- define "rekey.renamed" -}}
podSecurity: "is now podSecurityContext, which takes the same fields and all others of a pod"
topologySpread: "is now topologySpreadConstraints, a list as in a pod"
test: "has no effect any more: helm test runs Rekey's own image"
lifecycle.preStop: "must not be set here: use shutdown.preStopSeconds, because the grace period of the pod depends on it"
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
{{- range $path := list "extraContainers" "initContainers" }}
{{- range include "rekey.containers" (dict "context" $ "containers" (index $.Values $path)) | fromYamlArray }}
{{- $container := .name }}
{{- range .env }}
{{- if include "rekey.isSecret" (dict "path" .name "value" (.value | default "" | toString)) }}
{{ $path }} ({{ $container }}, {{ .name }}): its valueFrom.secretKeyRef
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range include "rekey.extraObjects" . | fromYamlArray }}
{{- range prepend (.items | default list) . }}
{{- $secret := and (eq (toString .kind) "Secret") (or .data .stringData) }}
{{- range include "rekey.leaves" (dict "path" "" "node" .) | fromYamlArray }}
{{- $secret = or $secret (include "rekey.isSecret" (dict "path" "" "value" .value)) }}
{{- end }}
{{- if $secret }}
extraObjects ({{ .kind }} {{ (.metadata | default dict).name }}): the value that needs it, or add an object that fetches it, such as an ExternalSecret
{{- end }}
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
rekey.delivery.targets: use delivery.targets, because the Roles, the token and the network policy depend on it
rekey.policies: use policies, because the chart compares them with delivery.targets
rekey.freezes: use freezes; one of the two lists would replace the other
spring.config: use config for settings and extraSecretFiles for secrets; otherwise Rekey does not find those of the chart
spring.application.json: use config, which the chart checks
rekey.sandbox: it disables the safety checks; to try out Rekey, use docker-compose.yml
{{- end -}}

{{/* A list of what would give the password of the owner role to a container other than the migration. */}}
{{- define "rekey.readersOfTheOwnersPassword" -}}
{{- if .Values.migration.enabled -}}
{{- range .Values.extraVolumeMounts }}
{{- if eq .name "owner" }}
- extraVolumeMounts ({{ .mountPath }})
{{- end }}
{{- end }}
{{- range $path := list "extraContainers" "initContainers" }}
{{- range include "rekey.containers" (dict "context" $ "containers" (index $.Values $path)) | fromYamlArray }}
{{- $container := .name }}
{{- range .volumeMounts }}
{{- if eq .name "owner" }}
- {{ $path }} ({{ $container }})
{{- end }}
{{- end }}
{{- range .envFrom }}
{{- if and .secretRef (eq .secretRef.name $.Values.database.owner.existingSecret) }}
- {{ $path }} ({{ $container }}, envFrom)
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range .Values.envFrom }}
{{- if and .secretRef (eq .secretRef.name $.Values.database.owner.existingSecret) }}
- envFrom (Secret {{ .secretRef.name }})
{{- end }}
{{- end }}
{{- range .Values.delivery.targets }}
{{- if and (eq .namespace $.Release.Namespace) (eq .secret $.Values.database.owner.existingSecret) }}
- delivery.targets ({{ .name }})
{{- end }}
{{- end }}
{{- end -}}
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

{{/* A number of replicas, or its percentage of them. Takes of, share, and rounding: 99 rounds up, 0 down. */}}
{{- define "rekey.share" -}}
{{- $share := toString .share -}}
{{- if hasSuffix "%" $share -}}
{{- div (add (mul .of (trimSuffix "%" $share | int)) .rounding) 100 -}}
{{- else -}}
{{- $share -}}
{{- end -}}
{{- end -}}
