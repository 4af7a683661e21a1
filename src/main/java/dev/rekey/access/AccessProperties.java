package dev.rekey.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The permissions of callers.
 *
 * @param teamClaim claim of the access token with the caller's teams; default {@code groups}
 * @param grants the subjects of each team; default none, which denies everything
 * @param corsOrigins origins of dashboards in a browser; default none
 * @param mintsPerMinute how many credentials one principal may mint in a minute on one replica;
 *     default 600
 */
@Validated
@ConfigurationProperties("rekey.access")
record AccessProperties(
    @DefaultValue("groups") @NotBlank String teamClaim,
    @DefaultValue List<@Valid Grant> grants,
    @DefaultValue
        List<
                @Pattern(
                    regexp = "https?://[^/\\s*]+",
                    message = "has to be an origin, such as https://dashboard.example.com")
                String>
            corsOrigins,
    @DefaultValue("600") @Positive int mintsPerMinute) {

  /**
   * The permissions of one team.
   *
   * @param subjects patterns of the subjects that it may read and change
   * @param allTeams whether it may read every subject and its history; for auditors
   */
  record Grant(
      @NotBlank String team,
      @DefaultValue List<SubjectPattern> subjects,
      @DefaultValue("false") boolean allTeams) {}
}
