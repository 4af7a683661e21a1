package dev.rekey.run;

import java.util.List;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container, on a port that stays the same after a restart. */
final class ContainerPostgres extends PostgresServer {

  static final String IMAGE = "postgres:" + VERSION;

  private final int port = FreePort.find();
  private final PostgreSQLContainer container =
      new PostgreSQLContainer(IMAGE).withUsername("postgres").withPassword(PASSWORD);

  ContainerPostgres() {
    container.setPortBindings(List.of(port + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
    container.start();
  }

  @Override
  protected String describe() {
    return "container " + IMAGE + " on port " + port;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  protected String superuser() {
    return "postgres";
  }

  @Override
  public void stop() {
    container.getDockerClient().stopContainerCmd(container.getContainerId()).withTimeout(0).exec();
  }

  @Override
  public void restart() {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    container.stop();
  }
}
