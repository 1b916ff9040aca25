package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Device 0 is the plain backend; the others are the same with one planted bug each. */
public final class PlainProvider implements BackendProvider {
  private static final List<Mutation> MUTATIONS = Arrays.asList(Mutation.values());

  /** What opens the backend with this bug. */
  static String device(Mutation mutation) {
    return "plain:" + (MUTATIONS.indexOf(mutation) + 1);
  }

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Probe probe() {
    List<DeviceInfo> devices = new ArrayList<>();
    devices.add(new DeviceInfo(name(), 0, "correct", "", 256L << 20, 1));
    for (Mutation mutation : MUTATIONS) {
      devices.add(new DeviceInfo(name(), devices.size(), mutation.name(), "", 256L << 20, 0));
    }
    return Probe.usable(devices, "");
  }

  @Override
  public Backend open(DeviceInfo device, BackendOptions options) {
    return device.index() == 0
        ? new PlainBackend(device, options, new PlainOps())
        : MUTATIONS.get(device.index() - 1).open(device, options);
  }
}
