package dev.myelin.opencl;

import dev.myelin.testkit.BackendConformance;
import java.util.List;
import org.jocl.CL;

class OpenClConformanceTest extends BackendConformance {
  @Override
  protected String device() {
    return "opencl";
  }

  @Override
  protected boolean flushesSubnormals() {
    List<OpenClDevice> devices = OpenClDevices.of(OpenClDevices.platforms());
    return !devices.isEmpty()
        && (DeviceQueries.number(devices.get(0).handle(), CL.CL_DEVICE_SINGLE_FP_CONFIG)
                & CL.CL_FP_DENORM)
            == 0;
  }
}
