package dev.rekey.upstream.http;

import io.micrometer.common.KeyValue;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;

/** Names spans by route, and keeps query strings out of metrics and traces. */
@Component
class UpstreamCallConvention extends DefaultClientRequestObservationConvention {

  @Override
  public String getContextualName(ClientRequestObservationContext context) {
    return super.getContextualName(context) + " " + uri(context).getValue();
  }

  @Override
  protected KeyValue uri(ClientRequestObservationContext context) {
    return withoutQuery(super.uri(context));
  }

  @Override
  protected KeyValue httpUrl(ClientRequestObservationContext context) {
    return withoutQuery(super.httpUrl(context));
  }

  private static KeyValue withoutQuery(KeyValue url) {
    int query = url.getValue().indexOf('?');
    return query < 0 ? url : KeyValue.of(url.getKey(), url.getValue().substring(0, query));
  }
}
