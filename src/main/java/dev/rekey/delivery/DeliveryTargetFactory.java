package dev.rekey.delivery;

/** Makes the targets of one kind. */
public interface DeliveryTargetFactory {

  /** The kind in settings, such as {@code kubernetes}. */
  String kind();

  /**
   * Makes the n-th target. Throws a {@link dev.rekey.platform.settings.PropertyException} if its
   * settings are invalid. Connects to nothing.
   */
  DeliveryTarget create(int number, DeliveryProperties.Target settings);
}
