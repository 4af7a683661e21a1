package dev.rekey.upstream.keycard;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.ListableUpstream.Query;
import dev.rekey.upstream.ListableUpstream.SubjectPage;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.keycard.KeycardApi.AccountPage;
import dev.rekey.upstream.keycard.KeycardApi.KeycardCredential;
import dev.rekey.upstream.keycard.KeycardApi.KeycardPage;
import dev.rekey.upstream.keycard.KeycardApi.PageInfo;
import dev.rekey.upstream.keycard.KeycardApi.ServiceAccount;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class KeycardReaderTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Query FIRST = new Query(null, null, null, false);
  private static final PageInfo LAST_PAGE = new PageInfo(false, false, null, "end");

  @Test
  void credentialWithoutAValidIdIsUnusable() {
    assertThat(KeycardReader.credential(null)).isEqualTo(unparsable());
    assertThat(KeycardReader.credential(credential(null))).isEqualTo(unparsable());
    assertThat(KeycardReader.credential(credential("../x"))).isEqualTo(unparsable());
    assertThat(KeycardReader.credential(credential("id"))).isInstanceOf(Reply.Success.class);
  }

  @Test
  void pageWithAnUnusableCredentialIsUnusable() {
    var items = List.of(credential("id"), credential(null));

    assertThat(page(items, LAST_PAGE, FIRST)).isEqualTo(unparsable());
    assertThat(page(List.of(), null, FIRST)).isEqualTo(unparsable());
  }

  @Test
  void lastPageOfSubjectsHasNoCursor() {
    assertThat(subjects(LAST_PAGE))
        .isEqualTo(new Reply.Success<>(new SubjectPage(List.of(subject("sa")), Optional.empty())));
    assertThat(subjects(new PageInfo(true, false, null, "next")))
        .isEqualTo(
            new Reply.Success<>(new SubjectPage(List.of(subject("sa")), Optional.of("next"))));
  }

  @Test
  void nextPageWithoutCursorIsUnusable() {
    var more = new PageInfo(true, true, null, null);

    assertThat(subjects(more)).isEqualTo(unparsable());
    assertThat(page(List.of(), more, FIRST)).isEqualTo(unparsable());
    assertThat(page(List.of(), more, new Query(null, null, "before", false)))
        .isEqualTo(unparsable());
  }

  @Test
  void pageThatIsFollowedByItselfHasNoEnd() {
    var more = new PageInfo(true, true, "same", "same");
    Reply<Object> endless = new Reply.Unusable<>(Flaw.ENDLESS);

    assertThat(page(List.of(), more, new Query(null, "same", null, false))).isEqualTo(endless);
    assertThat(page(List.of(), more, new Query(null, null, "same", false))).isEqualTo(endless);
    assertThat(page(List.of(), more, FIRST)).isInstanceOf(Reply.Success.class);
    assertThat(KeycardReader.subjects(accounts(more), PathId.of("acme"), "same"))
        .isEqualTo(endless);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "client_id", "name", "description"})
  void credentialWithItsSecretInAnotherFieldIsUnusable(String field) {
    String secret = "s3cr3t".repeat(6);
    String json = json("id", "id", "client_id", "client", "name", "name", "description", "text");
    String repeating =
        json.replaceFirst("(\"" + field + "\":\")[a-z]+", "$1of-" + secret + "-here")
            .replaceFirst("}$", ",\"client_secret\":\"" + secret + "\"}");

    Reply<Minted> minted = KeycardReader.minted(JSON.readValue(repeating, KeycardCredential.class));

    assertThat(minted)
        .isEqualTo(
            new Reply.Unusable<>(
                Flaw.SECRET_REPEATED, field.equals("id") ? null : PathId.of("id")));
  }

  private static Reply<ListableUpstream.Page> page(
      List<KeycardCredential> items, @Nullable PageInfo info, Query query) {
    return KeycardReader.page(new KeycardPage(items, info, null), query);
  }

  private static Reply<SubjectPage> subjects(PageInfo info) {
    return KeycardReader.subjects(accounts(info), PathId.of("acme"), null);
  }

  private static AccountPage accounts(PageInfo info) {
    return new AccountPage(List.of(new ServiceAccount("sa")), info);
  }

  private static Subject subject(String account) {
    return new Subject(Keycard.NAME, "organizations/acme/service-accounts/" + account);
  }

  private static KeycardCredential credential(@Nullable String id) {
    return new KeycardCredential(id, null, null, null, null, null, null, null);
  }

  private static Reply<Object> unparsable() {
    return new Reply.Unusable<>(Flaw.UNPARSABLE);
  }
}
