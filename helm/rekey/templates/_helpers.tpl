{{- define "rekey.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 52 characters leave room for the suffixes of the other objects' names. */}}
{{- define "rekey.fullname" -}}
{{- $name := include "rekey.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "rekey.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "rekey.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Labels of all objects of the service; those of helm test differ. */}}
{{- define "rekey.labels" -}}
{{ include "rekey.commonLabels" . }}
app.kubernetes.io/component: service
{{- end -}}

{{/* Must never change: the selector of a Deployment is immutable. */}}
{{- define "rekey.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rekey.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: service
{{- end -}}

{{- define "rekey.testSelectorLabels" -}}
app.kubernetes.io/name: {{ include "rekey.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end -}}

{{- define "rekey.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "rekey.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "rekey.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- include "rekey.imageReference" (dict "repository" .Values.image.repository "tag" $tag "digest" .Values.image.digest) -}}
{{- end -}}

{{- define "rekey.imageReference" -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository .tag -}}
{{- end -}}
{{- end -}}

{{/* Deadline for the response to a minting request: 45 s, or less with a smaller callWithinSeconds. */}}
{{- define "rekey.answerWithinSeconds" -}}
{{- add .Values.rotation.callWithinSeconds 9 -}}
{{- end -}}

{{/*
The preStop sleep, closing connections (drain), completing requests (answerWithin), writing late records
(10 s), and a reserve of 5 s.
*/}}
{{- define "rekey.terminationGracePeriodSeconds" -}}
{{- add .Values.shutdown.preStopSeconds .Values.shutdown.drainSeconds (include "rekey.answerWithinSeconds" .) 15 -}}
{{- end -}}

{{- define "rekey.servesTls" -}}
{{- if .Values.listener.tls.existingSecret -}}true{{- end -}}
{{- end -}}

{{- define "rekey.configDirectory" -}}/etc/rekey{{- end -}}
{{- define "rekey.secretsDirectory" -}}/run/secrets/rekey{{- end -}}
{{- define "rekey.tlsDirectory" -}}/run/secrets/rekey-tls{{- end -}}

{{/* The chart's own volumes, each with its mount path. */}}
{{- define "rekey.ownMounts" -}}
config: {{ include "rekey.configDirectory" . }}
secrets: {{ include "rekey.secretsDirectory" . }}
owner: {{ include "rekey.secretsDirectory" . }}
tls: {{ include "rekey.tlsDirectory" . }}
tmp: /tmp
{{- end -}}

{{/* Mounts are read-only unless a value says otherwise. */}}
{{- define "rekey.extraVolumeMounts" -}}
{{- $mounts := list -}}
{{- range .Values.extraVolumeMounts -}}
{{- $mounts = append $mounts (set (deepCopy .) "readOnly" (dig "readOnly" true .)) -}}
{{- end -}}
{{- toYaml $mounts -}}
{{- end -}}

{{/* All leaves under a node of YAML, as a list of paths and values. */}}
{{- define "rekey.leaves" -}}
{{- $path := .path -}}
{{- if kindIs "map" .node -}}
{{- range $key, $child := .node }}
{{ include "rekey.leaves" (dict "path" (printf "%s.%s" $path $key) "node" $child) }}
{{- end -}}
{{- else if kindIs "slice" .node -}}
{{- range $index, $child := .node }}
{{ include "rekey.leaves" (dict "path" (printf "%s[%d]" $path $index) "node" $child) }}
{{- end -}}
{{- else if not (kindIs "invalid" .node) -}}
- {{ dict "path" $path "value" (toString .node) | toJson }}
{{- end -}}
{{- end -}}

{{/* Complies with the restricted pod security standard. */}}
{{- define "rekey.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
{{- end -}}

{{- define "rekey.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.podSecurity.runAsUser }}
runAsUser: {{ int . }}
{{- end }}
{{- with .Values.podSecurity.runAsGroup }}
runAsGroup: {{ int . }}
{{- end }}
{{- with .Values.podSecurity.fsGroup }}
fsGroup: {{ int . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The port of an http(s) URL, explicit or default. */}}
{{- define "rekey.portOf" -}}
{{- $authority := regexReplaceAll "^[a-z]+://([^/]*).*$" . "${1}" -}}
{{- if regexMatch ":[0-9]+$" $authority -}}
{{- regexFind "[0-9]+$" $authority -}}
{{- else if hasPrefix "http://" . -}}
80
{{- else -}}
443
{{- end -}}
{{- end -}}

{{/* The ports of all hosts in a jdbc:postgresql URL, as a JSON array of strings. */}}
{{- define "rekey.databasePorts" -}}
{{- $ports := list -}}
{{- range splitList "," (regexReplaceAll "^jdbc:postgresql://([^/?]*).*$" . "${1}") -}}
{{- $ports = append $ports (regexMatch ":[0-9]+$" . | ternary (regexFind "[0-9]+$" .) "5432") -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}
