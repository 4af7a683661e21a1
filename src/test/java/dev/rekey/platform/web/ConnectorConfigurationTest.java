package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ConnectorConfigurationTest {

  @Test
  void startWithoutExitOnOutOfMemoryIsWarnedOf(CapturedOutput log) {
    assumeThat(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("ExitOnOutOfMemoryError")
                .getValue())
        .isEqualTo("false");

    new ConnectorConfiguration().exitWithoutMemory().check();

    assertThat(log).contains("Run java with -XX:+ExitOnOutOfMemoryError");
  }
}
