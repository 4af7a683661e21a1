{{/* "true" if Rekey delivers secrets into Secrets, for which it calls the API server. */}}
{{- define "rekey.delivers" -}}
{{- if .Values.delivery.targets -}}true{{- end -}}
{{- end -}}

{{- define "rekey.serviceAccountDirectory" -}}/var/run/secrets/kubernetes.io/serviceaccount{{- end -}}

{{/* The settings of delivery, under rekey. */}}
{{- define "rekey.deliverySettings" -}}
hold-for: {{ int .holdForSeconds }}s
targets:
{{- range .targets }}
  - name: {{ .name | quote }}
    subject: {{ .subject | quote }}
    namespace: {{ .namespace | quote }}
    secret: {{ .secret | quote }}
    preset: {{ .preset | default "baton" }}
{{- with .keys }}
    keys:
{{- with .clientId }}
      client-id: {{ . | quote }}
{{- end }}
{{- with .clientSecret }}
      client-secret: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .restart }}
    restart: {{ . | toJson }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
The name of the Roles. It contains the release's namespace, since releases of several namespaces may deliver
into one. No namespace contains a dot, so two releases never have the same name.
*/}}
{{- define "rekey.deliveryRole" -}}
{{- $fullname := include "rekey.fullname" . -}}
{{- $name := printf "%s.%s" $fullname .Release.Namespace -}}
{{- gt (len $name) 63 | ternary (printf "%s.%s" $fullname (.Release.Namespace | sha256sum | trunc 8)) $name -}}
{{- end -}}

{{/* What the targets of one namespace need: the named Secrets and workloads, and events. */}}
{{- define "rekey.deliveryRules" -}}
{{- $secrets := list -}}
{{- $workloads := list -}}
{{- range . -}}
{{- $secrets = append $secrets .secret -}}
{{- $workloads = concat $workloads (.restart | default list) -}}
{{- end -}}
- apiGroups: [""]
  resources: [secrets]
  resourceNames: {{ $secrets | uniq | sortAlpha | toJson }}
  verbs: [get, patch]
{{- range $kind := list "deployment" "statefulset" "daemonset" }}
{{- $names := list }}
{{- range $workloads }}
{{- if hasPrefix (printf "%s/" $kind) . }}
{{- $names = append $names (trimPrefix (printf "%s/" $kind) .) }}
{{- end }}
{{- end }}
{{- with $names }}
- apiGroups: [apps]
  resources: [{{ $kind }}s]
  resourceNames: {{ . | uniq | sortAlpha | toJson }}
  verbs: [get, patch]
{{- end }}
{{- end }}
# Kubernetes ignores names in a rule about creating.
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* The keys that a target writes: clientId and clientSecret. */}}
{{- define "rekey.deliveryKeys" -}}
{{- $prefix := eq (.preset | default "baton") "baton" | ternary "BATON_" "" -}}
{{- $ofPreset := dict "clientId" (printf "%sCLIENT_ID" $prefix) "clientSecret" (printf "%sCLIENT_SECRET" $prefix) -}}
{{- merge dict (.keys | default dict) $ofPreset | toYaml -}}
{{- end -}}

{{/* A list of what contradicts in delivery, or would give its permissions to others. */}}
{{- define "rekey.deliveryProblems" -}}
{{- $names := dict -}}
{{- $subjects := dict -}}
{{- $secrets := dict -}}
{{- range .Values.delivery.targets }}
{{- $name := .name }}
{{- $secret := printf "%s/%s" .namespace .secret }}
{{- $keys := include "rekey.deliveryKeys" . | fromYaml }}
{{- if hasKey $names $name }}
- {{ printf "delivery.targets contains the name %s twice" $name | toJson }}
{{- end }}
{{- with get $subjects .subject }}
- {{ printf "delivery.targets (%s) has the subject of %s: a subject has at most one target" $name . | toJson }}
{{- end }}
{{- with get $secrets $secret }}
- {{ printf "delivery.targets (%s) writes the Secret %s of %s: a Secret belongs to one subject, which its annotation rekey.dev/subject names" $name $secret . | toJson }}
{{- end }}
{{- if eq $keys.clientId $keys.clientSecret }}
- {{ printf "delivery.targets (%s) writes client id and client secret under the same key, %s" $name $keys.clientId | toJson }}
{{- end }}
{{- $_ := set $names $name true }}
{{- $_ := set $subjects .subject $name }}
{{- $_ := set $secrets $secret $name }}
{{- end }}
{{- if and .Values.delivery.targets .Values.delivery.rbac.create (eq (include "rekey.serviceAccountName" .) "default") }}
- "delivery.targets would let every pod with the service account default read the Secrets: set serviceAccount.create: true, or name another one in serviceAccount.name"
{{- end }}
{{- end -}}
