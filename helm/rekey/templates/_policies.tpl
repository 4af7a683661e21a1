{{/* JSON of a value in which every key is in kebab case, as in settings of Rekey. */}}
{{- define "rekey.kebabCase" -}}
{{- if kindIs "map" . -}}
{{- $members := list -}}
{{- range $key, $value := . -}}
{{- $members = append $members (printf "%s: %s" (kebabcase $key | toJson) (include "rekey.kebabCase" $value)) -}}
{{- end -}}
{ {{- join ", " $members -}} }
{{- else if kindIs "slice" . -}}
{{- $elements := list -}}
{{- range . -}}
{{- $elements = append $elements (include "rekey.kebabCase" .) -}}
{{- end -}}
[{{ join ", " $elements }}]
{{- else -}}
{{ toJson . }}
{{- end -}}
{{- end -}}

{{/* Not empty if a policy rotates. Takes the policy. */}}
{{- define "rekey.rotates" -}}
{{- range .actions -}}
{{- if eq .action "rotate" }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/* The names of the policies that rotate. */}}
{{- define "rekey.rotatingPolicies" -}}
{{- $names := list -}}
{{- range .Values.policies -}}
{{- if include "rekey.rotates" . -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- join ", " $names -}}
{{- end -}}

{{/* A list of what contradicts in policies, and that would stop Rekey's start. */}}
{{- define "rekey.policyProblems" -}}
{{- $targets := dict -}}
{{- range .Values.delivery.targets -}}
{{- $_ := set $targets .name true -}}
{{- end -}}
{{- $names := dict -}}
{{- $policies := dict -}}
{{- range .Values.policies }}
{{- $name := .name }}
{{- if eq $name "default" }}
- "policies contains the name default, which is that of the policy for all other subjects"
{{- end }}
{{- if hasKey $names $name }}
- {{ printf "policies contains the name %s twice" $name | toJson }}
{{- end }}
{{- if and (include "rekey.rotates" .) (not .deliverTo) }}
- {{ printf "policies (%s) rotates, but delivers nowhere: name its targets in deliverTo, because otherwise nobody would get the new secrets" $name | toJson }}
{{- end }}
{{- range .deliverTo }}
{{- if not (hasKey $targets .) }}
- {{ printf "policies (%s) delivers to %s, which is the name of no target in delivery.targets" $name . | toJson }}
{{- else if and (hasKey $policies .) (ne (get $policies .) $name) }}
- {{ printf "policies (%s) delivers to %s, as %s does: only one policy applies to its subject" $name . (get $policies .) | toJson }}
{{- end }}
{{- $_ := set $policies . $name }}
{{- end }}
{{- $_ := set $names $name true }}
{{- end }}
{{- end -}}
