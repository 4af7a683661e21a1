{{/* A text in a provisioning file of Grafana, which would replace variables in it. */}}
{{- define "rekey.grafanaText" -}}
{{- . | replace "$" "$$" -}}
{{- end -}}

{{/* Rekey's URL for Grafana, without a slash at the end. */}}
{{- define "rekey.grafanaUrl" -}}
{{- $scheme := include "rekey.servesTls" . | empty | ternary "http" "https" -}}
{{- $service := printf "%s://%s.%s.svc:%d" $scheme (include "rekey.fullname" .) .Release.Namespace (int .Values.service.port) -}}
{{- .Values.grafana.dataSource.url | default $service | trimSuffix "/" -}}
{{- end -}}

{{/*
The Infinity data source. Without allowedHosts, a query for http://rekey@elsewhere would send the token elsewhere.
There is no serverName: it would also be expected of the token endpoint.
*/}}
{{- define "rekey.grafanaDataSource" -}}
{{- $given := .Values.grafana.dataSource -}}
{{- $url := include "rekey.grafanaUrl" . -}}
{{- $json := dict "allowedHosts" (list (printf "%s/" $url)) -}}
{{- $secure := dict -}}
{{- if $given.viewerToken -}}
{{- $_ := set $json "auth_method" "oauthPassThru" -}}
{{- $_ := set $json "oauthPassThru" true -}}
{{- else -}}
{{- $scopes := list -}}
{{- range $given.scopes -}}
{{- $scopes = append $scopes (include "rekey.grafanaText" .) -}}
{{- end -}}
{{- $_ := set $json "auth_method" "oauth2" -}}
{{- $_ := set $json "oauth2" (dict
  "oauth2_type" "client_credentials"
  "client_id" (include "rekey.grafanaText" $given.clientId)
  "token_url" $given.tokenUrl
  "scopes" $scopes) -}}
{{- $_ := set $secure "oauth2ClientSecret" $given.clientSecretFrom -}}
{{- range $index, $name := keys $given.tokenParameters | sortAlpha -}}
{{- $_ := set $json (printf "oauth2EndPointParamsName%d" (add1 $index)) $name -}}
{{- $_ := set $secure (printf "oauth2EndPointParamsValue%d" (add1 $index)) (include "rekey.grafanaText" (get $given.tokenParameters $name)) -}}
{{- end -}}
{{- end -}}
{{- if $given.caCertificateFrom -}}
{{- $_ := set $json "tlsAuthWithCACert" true -}}
{{- $_ := set $secure "tlsCACert" $given.caCertificateFrom -}}
{{- end -}}
{{- $source := dict "name" $given.name "uid" $given.uid "type" "yesoreyeram-infinity-datasource" "url" $url "jsonData" $json -}}
{{- if $secure -}}
{{- $_ := set $source "secureJsonData" $secure -}}
{{- end -}}
{{- toYaml $source -}}
{{- end -}}
