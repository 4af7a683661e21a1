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

{{/* One map from a list of maps. The first that has a key decides. */}}
{{- define "rekey.merged" -}}
{{- $all := dict -}}
{{- range . -}}
{{- $all = merge $all (deepCopy .) -}}
{{- end -}}
{{- if $all }}{{ toYaml $all }}{{ end -}}
{{- end -}}

{{/* The chart's own labels of a component: "service", "management" or "test". */}}
{{- define "rekey.ownLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .context.Chart.Name .context.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "rekey.name" .context }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
app.kubernetes.io/version: {{ .context.Values.image.tag | default .context.Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
app.kubernetes.io/component: {{ .component | default "service" }}
{{- end -}}

{{/* All labels of an object or a pod. Takes context and, optionally, component and labels. */}}
{{- define "rekey.labels" -}}
{{- $own := include "rekey.ownLabels" . | fromYaml -}}
{{- include "rekey.merged" (list $own (.labels | default dict) .context.Values.commonLabels) -}}
{{- end -}}

{{/*
The metadata of an object. Takes context and, optionally, suffix (of its name), name, namespace, component,
labels and annotations.
*/}}
{{- define "rekey.metadata" -}}
name: {{ .name | default (printf "%s%s" (include "rekey.fullname" .context) (.suffix | default "")) }}
namespace: {{ .namespace | default .context.Release.Namespace }}
labels:
  {{- include "rekey.labels" . | nindent 2 }}
{{- with include "rekey.merged" (list (.annotations | default dict) .context.Values.commonAnnotations) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
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
{{- $image := .Values.image -}}
{{- $registry := .Values.global.imageRegistry | default $image.registry | trimSuffix "/" -}}
{{- $name := list $registry $image.repository | compact | join "/" -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* imagePullSecrets of a pod, or nothing. The global ones may be names or, as in a pod, maps. */}}
{{- define "rekey.imagePullSecrets" -}}
{{- $names := list -}}
{{- range concat (.Values.global.imagePullSecrets | default list) .Values.image.pullSecrets -}}
{{- $names = append $names (kindIs "map" . | ternary . (dict "name" .)) -}}
{{- end -}}
{{- with $names | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* The smallest number of replicas that the release runs. */}}
{{- define "rekey.replicas" -}}
{{- .Values.autoscaling.enabled | ternary .Values.autoscaling.minReplicas .Values.replicaCount | int -}}
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

{{/*
A security context without nulls. On OpenShift also without user and groups: its admission assigns those
of the namespace, and rejects others. Takes context and given.
*/}}
{{- define "rekey.securityContext" -}}
{{- $onOpenShift := .context.Capabilities.APIVersions.Has "security.openshift.io/v1" -}}
{{- $adapt := dig "compatibility" "openshift" "adaptSecurityContext" "auto" .context.Values.global -}}
{{- $adapted := or (eq $adapt "force") (and (eq $adapt "auto") $onOpenShift) -}}
{{- $fixed := $adapted | ternary (list "runAsUser" "runAsGroup" "fsGroup") list -}}
{{- $result := dict -}}
{{- range $field, $value := .given -}}
{{- if not (or (kindIs "invalid" $value) (has $field $fixed)) -}}
{{- $_ := set $result $field $value -}}
{{- end -}}
{{- end -}}
{{- toYaml $result -}}
{{- end -}}

{{/* Constraints without labelSelector apply to the replicas of one version. */}}
{{- define "rekey.topologySpreadConstraints" -}}
{{- $all := list -}}
{{- range .Values.topologySpreadConstraints -}}
{{- $constraint := deepCopy . -}}
{{- if not .labelSelector -}}
{{- $_ := set $constraint "labelSelector" (dict "matchLabels" (include "rekey.selectorLabels" $ | fromYaml)) -}}
{{- $_ := set $constraint "matchLabelKeys" (concat (.matchLabelKeys | default list) (list "pod-template-hash") | uniq) -}}
{{- end -}}
{{- $all = append $all $constraint -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* A probe of the management port. Takes health, the group of checks, and given. */}}
{{- define "rekey.probe" -}}
{{- $get := dict "path" (printf "/actuator/health/%s" .health) "port" "management" -}}
{{- merge (dict "httpGet" $get) .given | toYaml -}}
{{- end -}}

{{/* Containers that a value adds, with their templates rendered. Takes context and containers. */}}
{{- define "rekey.containers" -}}
{{- tpl (toYaml .containers) .context -}}
{{- end -}}

{{/* extraObjects with their templates rendered, as a list. A text may contain several. */}}
{{- define "rekey.extraObjects" -}}
{{- $objects := list -}}
{{- range .Values.extraObjects -}}
{{- range regexSplit "(?m)^---.*$" (tpl (kindIs "string" . | ternary . (toYaml .)) $) -1 -}}
{{- $object := fromYaml . -}}
{{- if $object -}}
{{- $objects = append $objects $object -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $objects -}}
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
