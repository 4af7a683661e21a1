package dev.rekey.example;

import dev.rekey.client.ApiClient;
import dev.rekey.client.ApiException;
import dev.rekey.client.ApiResponse;
import dev.rekey.client.api.InventoryApi;
import dev.rekey.client.api.InventoryApi.APIListCredentialsRequest;
import dev.rekey.client.api.KeycardApi;
import dev.rekey.client.api.KeycardApi.APIRotateServiceAccountCredentialRequest;
import dev.rekey.client.api.RotationsApi;
import dev.rekey.client.api.RotationsApi.APIListRotationsRequest;
import dev.rekey.client.model.Action;
import dev.rekey.client.model.CreatedServiceAccountCredential;
import dev.rekey.client.model.Credential;
import dev.rekey.client.model.CredentialStatus;
import dev.rekey.client.model.MutationState;
import dev.rekey.client.model.Problem;
import dev.rekey.client.model.RotateServiceAccountCredential;
import dev.rekey.client.model.Rotation;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Calls three routes with the client that openapi-generator generated. */
public final class Calls {

  private static final String SUBJECT = "organizations/acme/service-accounts/checkout";

  private final ApiClient client = new ApiClient();

  public static void main(String[] arguments) throws Exception {
    var calls = new Calls();
    calls.client.updateBaseUri(System.getenv("REKEY_URL"));
    calls.client.setRequestInterceptor(
        request -> request.header("Authorization", "Bearer " + System.getenv("TOKEN")));
    calls.checkRotation(calls.rotate(calls.findCredential()));
    System.out.println("Java: three routes, one problem");
  }

  private String findCredential() throws ApiException {
    var request =
        APIListCredentialsRequest.newBuilder()
            .subject(List.of(SUBJECT))
            .status(List.of("active"))
            .limit(1)
            .build();
    Credential found = new InventoryApi(client).listCredentials(request).getItems().get(0);
    expect(CredentialStatus.ACTIVE, found.getStatus());
    expect(null, found.getExpiresAt());
    return found.getUpstreamId();
  }

  private UUID rotate(String upstreamId) throws Exception {
    var request =
        APIRotateServiceAccountCredentialRequest.newBuilder()
            .organizationId("acme")
            .serviceAccountId("checkout")
            .upstreamId(upstreamId)
            .idempotencyKey(UUID.randomUUID().toString())
            .rotateServiceAccountCredential(
                new RotateServiceAccountCredential()
                    .name("java")
                    .graceSeconds(3600L)
                    .confirmOnFirstUse(true))
            .build();
    ApiResponse<CreatedServiceAccountCredential> response =
        new KeycardApi(client).rotateServiceAccountCredentialWithHttpInfo(request);
    expect(201, response.getStatusCode());
    expect(false, response.getData().getClientSecret().isEmpty());
    Problem problem = refusalOfRepetition(request);
    expect("/problems/secret-not-replayable", problem.getType());
    expect(409, problem.getStatus());
    String rotation = response.getHeaders().get("rekey-rotation-id").get(0);
    expect(UUID.fromString(rotation), problem.getRotationId());
    return problem.getRotationId();
  }

  private Problem refusalOfRepetition(APIRotateServiceAccountCredentialRequest request)
      throws Exception {
    try {
      new KeycardApi(client).rotateServiceAccountCredential(request);
      throw new AssertionError("a repetition was not refused");
    } catch (ApiException e) {
      return client.getObjectMapper().readValue(e.getResponseBody(), Problem.class);
    }
  }

  private void checkRotation(UUID id) throws ApiException {
    var request =
        APIListRotationsRequest.newBuilder()
            .subject(List.of(SUBJECT))
            .state(List.of("succeeded", "unknown"))
            .build();
    Rotation rotation =
        new RotationsApi(client)
            .listRotations(request).getItems().stream()
                .filter(one -> one.getId().equals(id))
                .findFirst()
                .orElseThrow();
    expect(MutationState.SUCCEEDED, rotation.getState());
    expect(List.of(Action.CONFIRM, Action.REVERT, Action.REISSUE), rotation.getPossible());
    expect(3600, rotation.getGraceSeconds());
    expect(null, rotation.getConfirmedAt());
  }

  private static void expect(Object expected, Object found) {
    if (!Objects.equals(expected, found)) {
      throw new AssertionError("expected " + expected + ", found " + found);
    }
  }
}
